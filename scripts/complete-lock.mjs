// Completes package-lock.json after `npm install`: npm leaves out optional packages for other platforms that its registry could not give it
// (a mirror without them is enough), and `npm ci` then refuses the lock everywhere. Each is entered as npm itself would: exact version of its
// parent's optionalDependencies, platform from its name. Upstream: npm/cli#4828 and relatives; this file ends when that does.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const lock = JSON.parse(readFileSync(file, "utf8"));
const systems = { darwin: "darwin", mac: "darwin", linux: "linux", linuxmusl: "linux", win32: "win32", win: "win32", windows: "win32", android: "android", freebsd: "freebsd", openbsd: "openbsd", netbsd: "netbsd", sunos: "sunos", aix: "aix", openharmony: "openharmony" };
const processors = { x64: "x64", arm64: "arm64", arm: "arm", armv7l: "arm", ia32: "ia32", x86: "ia32", riscv64: "riscv64", s390x: "s390x", ppc64: "ppc64", loong64: "loong64" };

/** Where Node would look for `name` from inside `parent`, nearest first. */
function places(parent, name) {
  const found = [];
  for (let at = parent; ; at = at.includes("/node_modules/") ? at.slice(0, at.lastIndexOf("/node_modules/")) : "") {
    found.push(`${at}${at ? "/" : ""}node_modules/${name}`);
    if (at === "") return found;
  }
}

let added = 0;
for (const [parent, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const holders = places(parent, name).filter((place) => lock.packages[place]);
    if (holders.some((place) => lock.packages[place].version === version) || (holders.length > 0 && !/^\d/.test(version))) continue;
    const words = name.split("/").at(-1).split(/[-.]/);
    const os = words.map((word) => systems[word]).find(Boolean);
    const cpu = words.map((word) => processors[word] ?? (word.startsWith("arm") && word !== "arm64" ? "arm" : undefined)).find(Boolean);
    if (!os || !/^\d/.test(version)) continue;
    // The outermost free place below which no other version is in the way.
    const all = places(parent, name);
    const free = all.slice(0, all.findIndex((place) => lock.packages[place]) < 0 ? all.length : all.findIndex((place) => lock.packages[place]));
    const place = holders.length === 0 ? all.at(-1) : free.at(-1);
    if (!place) continue;
    const libc = os === "linux" ? (name.includes("musl") ? "musl" : /gnu/.test(name) ? "glibc" : undefined) : undefined;
    lock.packages[place] = { version, ...(cpu ? { cpu: [cpu] } : {}), ...(libc ? { libc: [libc] } : {}), optional: true, os: [os] };
    console.log(`${place} ${version} (${os}${cpu ? ` ${cpu}` : ""})`);
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} added`);
