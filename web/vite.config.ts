import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Writes a .gz beside each text file, so that the server sends what was compressed once. */
function precompressed(): Plugin {
  return {
    name: "precompressed",
    async writeBundle(options, bundle) {
      const names = Object.keys(bundle).filter((name) => /\.(js|css|svg|html)$/.test(name));
      await Promise.all(
        names.map(async (name) => {
          const path = join(options.dir ?? "", name);
          await writeFile(`${path}.gz`, gzipSync(await readFile(path), { level: 9 }));
        }),
      );
    },
  };
}

export default defineConfig({
  logLevel: "warn",
  resolve: { alias: { "@": fileURLToPath(new URL("src", import.meta.url)) } },
  plugins: [react(), precompressed()],
  build: {
    outDir: "../src/casework/web",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the content security policy allows files of this server, and no data: addresses
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    target: "es2023",
  },
  server: { proxy: { "/api": process.env["CASEWORK_URL"] ?? "http://127.0.0.1:8080" } },
  test: { include: ["src/**/*.test.ts"] },
});
