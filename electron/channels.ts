/** Channels between the preload and main. */
export const channels = {
  ready: "lorekeep:ready",
  port: "lorekeep:port",
  gone: "lorekeep:gone",
  choose: "lorekeep:choose",
  reveal: "lorekeep:reveal",
  external: "lorekeep:external",
  theme: "lorekeep:theme",
  menu: "lorekeep:menu",
  paths: "lorekeep:paths",
} as const;
