import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Who may talk to a served engine: whoever opened a printed link once holds a cookie from then on, until the process ends. */
export interface Sessions {
  /** A token for one link. It works once. */
  newToken(): string;
  /** Trades a token for the Set-Cookie line of a new session; undefined where the token is unknown or spent. */
  redeem(token: string): string | undefined;
  /** Whether a request's Cookie header holds a session. */
  admits(cookieHeader: string | undefined): boolean;
}

/** Links nobody opened; the oldest stop working beyond this many. */
const MAX_OPEN_TOKENS = 16;
const MAX_SESSIONS = 64;

/** @param port makes the cookie's name: cookies are shared by all ports of a host, and two workspaces may be served at once. */
export function createSessions(port: number): Sessions {
  const cookie = `lorekeep_${port}`;
  const tokens = new SecretSet(MAX_OPEN_TOKENS);
  const sessions = new SecretSet(MAX_SESSIONS);
  return {
    newToken: () => tokens.add(),
    redeem: (token) => (tokens.take(token) ? `${cookie}=${sessions.add()}; HttpOnly; SameSite=Strict; Path=/` : undefined),
    admits: (header) => cookieValues(header, cookie).some((value) => sessions.has(value)),
  };
}

/** Random secrets kept as hashes and compared in constant time. */
class SecretSet {
  private hashes: Buffer[] = [];
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(): string {
    const secret = randomBytes(32).toString("base64url");
    this.hashes = [...this.hashes, hashOf(secret)].slice(-this.limit);
    return secret;
  }

  has(secret: string): boolean {
    const hash = hashOf(secret);
    // Looks at every one, so that the time taken says nothing.
    return this.hashes.filter((known) => timingSafeEqual(known, hash)).length > 0;
  }

  take(secret: string): boolean {
    const hash = hashOf(secret);
    const left = this.hashes.filter((known) => !timingSafeEqual(known, hash));
    const found = left.length < this.hashes.length;
    this.hashes = left;
    return found;
  }
}

const hashOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();

function cookieValues(header: string | undefined, name: string): string[] {
  return (header ?? "").split(";").map((part) => part.trim()).filter((part) => part.startsWith(`${name}=`)).map((part) => part.slice(name.length + 1));
}
