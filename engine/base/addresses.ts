import { lookup as dnsLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Address ranges that are not the public internet: loopback, private, link-local, shared, documentation, multicast, reserved. */
function privateRanges(): BlockList {
  const list = new BlockList();
  const v4: [string, number][] = [
    ["0.0.0.0", 8], ["10.0.0.0", 8], ["100.64.0.0", 10], ["127.0.0.0", 8], ["169.254.0.0", 16], ["172.16.0.0", 12], ["192.0.0.0", 24],
    ["192.0.2.0", 24], ["192.168.0.0", 16], ["198.18.0.0", 15], ["198.51.100.0", 24], ["203.0.113.0", 24], ["224.0.0.0", 4], ["240.0.0.0", 4],
  ];
  const v6: [string, number][] = [["::", 128], ["::1", 128], ["64:ff9b::", 96], ["100::", 64], ["2001:db8::", 32], ["fc00::", 7], ["fe80::", 10], ["ff00::", 8]];
  for (const [net, bits] of v4) list.addSubnet(net, bits, "ipv4");
  for (const [net, bits] of v6) list.addSubnet(net, bits, "ipv6");
  return list;
}

/** Says whether an IP address is outside the public internet. IPv4 inside IPv6 (`::ffff:127.0.0.1`) counts as the IPv4 address it is. */
export function createPrivateCheck(): (address: string) => boolean {
  const list = privateRanges();
  return (address) => {
    const bare = address.replace(/^\[|\]$/g, "").split("%")[0] ?? "";
    const family = isIP(bare);
    if (family === 4) return list.check(bare, "ipv4");
    if (family !== 6) return true; // not an address at all: treat as the worse case
    const mapped = mappedIPv4(bare);
    return mapped ? list.check(mapped, "ipv4") : list.check(bare, "ipv6");
  };
}

function mappedIPv4(address: string): string | undefined {
  // The URL parser writes every spelling in its shortest form, so `::ffff:7f00:1` is the one left to undo.
  const [, dotted, high, low] = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(address) ?? [];
  if (dotted) return dotted;
  if (!high || !low) return undefined;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
}

/**
 * A DNS lookup that fails when a name resolves to a private address. Used at connection time, so a name cannot answer one thing to a
 * check and another to the connection.
 */
export function publicLookup(isPrivate: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "", 0);
      const bad = addresses.find(({ address }) => isPrivate(address));
      if (bad) return callback(Object.assign(new Error(`${hostname} is ${bad.address}, a private address`), { code: "EPRIVATE" }), "", 0);
      if (options.all) return callback(null, addresses);
      const [first] = addresses;
      return first ? callback(null, first.address, first.family) : callback(Object.assign(new Error(`${hostname} has no address`), { code: "ENOTFOUND" }), "", 0);
    });
  };
}
