import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/**
 * The face is static files that two hosts serve: the shell under app://, `lorekeep serve` under http://127.0.0.1. Hence relative addresses,
 * nothing inline (the content security policy has no 'unsafe-inline' for scripts), and Chrome 108 as the floor: the oldest shell that is tested.
 */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "./",
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL("../out/renderer", import.meta.url)),
    emptyOutDir: true,
    target: "chrome108",
    cssTarget: "chrome108",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
  },
});
