import { totalmem } from "node:os";
import { connect, type Connection, type ConnectionOptions, Session } from "@lancedb/lancedb";
import { LorekeepError } from "../../base/errors.ts";
import { storeKind } from "../../base/store-location.ts";

/**
 * LanceDB would keep up to 6 GB of index and 1 GB of metadata in memory, on any machine. An eighth of the machine's memory leaves room for a model;
 * a search whose index does not fit took about three times as long (docs/scale.md).
 */
export const indexCacheBytes = (memory = totalmem()): number => Math.min(6 * 2 ** 30, Math.max(512 * 2 ** 20, Math.floor(memory / 8)));
const METADATA_CACHE_BYTES = 64n * 2n ** 20n;

/** LanceDB's own would try for three minutes before it says that nobody answers. Options that are given win, then these, then the environment. */
const PATIENCE = { client_max_retries: "3", client_retry_timeout: "30", connect_timeout: "10s" };

export interface Place {
  /** A folder, or any URI LanceDB accepts. */
  readonly uri: string;
  /** For object storage: endpoint, region and the like as LanceDB names them, on top of what it reads from the environment (AWS_…, GOOGLE_…, AZURE_…). */
  readonly storageOptions?: Readonly<Record<string, string>>;
}

/**
 * What LanceDB is told. Object storage: credentials, endpoint and region come from the environment, which LanceDB reads itself. A server
 * (`db://name`): LANCEDB_API_KEY, and LANCEDB_REGION (LanceDB Cloud) or LANCEDB_HOST (one's own server).
 * @throws LorekeepError INVALID where a server's key is missing.
 */
export function connectionOptions({ uri, storageOptions }: Place, env: Readonly<Record<string, string | undefined>>): Partial<ConnectionOptions> {
  const kind = storeKind(uri);
  if (kind === "folder") return storageOptions ? { storageOptions: { ...storageOptions } } : {};
  if (kind === "object storage") return { storageOptions: { ...PATIENCE, ...storageOptions } };
  const { LANCEDB_API_KEY: apiKey, LANCEDB_REGION: region, LANCEDB_HOST: hostOverride } = env;
  if (!apiKey) throw new LorekeepError("INVALID", { reason: `The library is set to be kept at ${uri}, and there is no key for it.`, next: "Put the key into the environment as LANCEDB_API_KEY, or set the library's place back.", field: "store" });
  return { apiKey, ...(region ? { region } : {}), ...(hostOverride ? { hostOverride } : {}) };
}

/** Opens a connection with bounded caches. The session goes among the options: given as an argument of its own, the binding (0.37.1) drops it. */
export function openConnection(place: Place): Promise<Connection> {
  return connect(place.uri, { ...connectionOptions(place, process.env), session: new Session(BigInt(indexCacheBytes()), METADATA_CACHE_BYTES) });
}
