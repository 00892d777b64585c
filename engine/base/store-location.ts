/** Where tables may be: a folder of this machine, object storage that LanceDB reads and writes itself, or a LanceDB server that does the work. */
export type StoreKind = "folder" | "object storage" | "server";

const SCHEMES: Readonly<Record<string, StoreKind>> = { s3: "object storage", gs: "object storage", az: "object storage", db: "server" };

const schemeOf = (uri: string): string | undefined => /^([a-z][a-z0-9+.-]+):\/\//i.exec(uri)?.[1]?.toLowerCase();

export function storeKind(uri: string): StoreKind {
  const scheme = schemeOf(uri);
  return scheme === undefined ? "folder" : (SCHEMES[scheme] ?? "object storage");
}

/** Why tables cannot be kept at `uri`, as a sentence; undefined where they can. Empty means the workspace's own folder. */
export function storeProblem(uri: string): string | undefined {
  if (uri === "") return undefined;
  const scheme = schemeOf(uri);
  if (scheme === undefined) return /^(\/|[a-z]:[\\/]|\\\\)/i.test(uri) ? undefined : "The library's place must be a whole path, or an address such as s3://bucket/folder or db://name.";
  if (!Object.hasOwn(SCHEMES, scheme)) return `The library cannot be kept at ${scheme}://: only s3://, gs://, az:// and db:// are known.`;
  if (!/^[a-z0-9+.-]+:\/\/[^/]+/i.test(uri)) return `${scheme}:// lacks the name of the ${scheme === "db" ? "database" : "bucket"}.`;
  if (/[@?#]/.test(uri)) return "The library's place holds no keys or passwords: those are read from the environment and never written down.";
  return undefined;
}
