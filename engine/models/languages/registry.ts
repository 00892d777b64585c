import { z } from "zod";
import { LorekeepError } from "../../base/errors.ts";
import { languageName } from "../../base/recognition-languages.ts";
import { patiently, type DownloadOptions } from "../download.ts";
import { hubFailure, hubRequest, type HubFileInfo } from "../hub.ts";

const DEFAULT_REGISTRY = "https://registry.npmjs.org";
/** The version whose layout is known, the same as in the box. */
const VERSION = "1.0.0";
const MAX_METADATA_BYTES = 2 ** 20;
/** The largest packages are about 20 MB. */
const MAX_PACKAGE_BYTES = 64 * 2 ** 20;

const metadata = z.object({ versions: z.record(z.string(), z.object({ dist: z.object({ tarball: z.url(), integrity: z.string().optional() }) })) });

export interface RegistryOptions extends Omit<DownloadOptions, "endpoint" | "token" | "purpose"> {
  /** Base address, in the layout of the npm registry. */
  readonly registry: string;
}

/** The options of a request to the registry: a registry in one's own network is allowed, since a person set it. */
export const requestOptions = ({ registry, ...options }: RegistryOptions): DownloadOptions =>
  ({ ...options, purpose: "language data", ...(isDefault(registry) ? {} : { endpoint: registry }) });

/** Where a language's package is and its sha-512, by what the registry says. @throws LorekeepError NOT_FOUND, DOWNLOAD_FAILED; AbortError. */
export async function languagePackage(code: string, options: RegistryOptions): Promise<HubFileInfo> {
  const name = `@tesseract.js-data/${code}`;
  const body = await patiently(options, () => answer(`${base(options.registry)}/${name.replace("/", "%2f")}`, code, options));
  const known = metadata.safeParse(body).data?.versions[VERSION]?.dist;
  const sha512 = known?.integrity?.split(/\s+/).find((hash) => /^sha512-[A-Za-z0-9+/]{86}==$/.test(hash))?.slice("sha512-".length);
  if (!known || sha512 === undefined) {
    throw new LorekeepError("DOWNLOAD_FAILED", { reason: `${new URL(options.registry).host} does not state what the data for ${languageName(code)} should be, so they are not fetched.`, next: "Check the address of the registry in the settings.", detail: `${name}@${VERSION} without sha512` });
  }
  return { repo: name, revision: VERSION, file: `${code}-${VERSION}.tgz`, url: onRegistry(known.tarball, options.registry), sizeBytes: undefined, sha256: undefined, gitBlob: undefined, sha512, maxBytes: MAX_PACKAGE_BYTES };
}

async function answer(url: string, code: string, options: RegistryOptions): Promise<unknown> {
  const { headers, ...request } = hubRequest(requestOptions(options));
  const response = await options.network.fetch(url, { ...request, headers: { ...headers, accept: "application/vnd.npm.install-v1+json, application/json" }, signal: options.signal });
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body) {
    size += part.byteLength;
    if (size <= MAX_METADATA_BYTES) parts.push(part);
    else break;
  }
  if (response.status === 404) throw new LorekeepError("NOT_FOUND", { reason: `${new URL(url).host} has no data for ${languageName(code)}.`, detail: "HTTP 404" });
  if (response.status !== 200) throw hubFailure(response, { repo: "the registry", file: `the data for ${languageName(code)}` });
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch (error) {
    throw new LorekeepError("DOWNLOAD_FAILED", { reason: `${new URL(url).host} answered with something that is no package registry's answer.`, next: "Check the address of the registry in the settings.", detail: String(error) });
  }
}

const base = (registry: string): string => registry.replace(/\/+$/, "");
const isDefault = (registry: string): boolean => base(registry) === DEFAULT_REGISTRY;

/** A mirror repeats the original's addresses: like npm itself, its packages are taken from the mirror. */
function onRegistry(tarball: string, registry: string): string {
  return tarball.startsWith(`${DEFAULT_REGISTRY}/`) ? base(registry) + tarball.slice(DEFAULT_REGISTRY.length) : tarball;
}
