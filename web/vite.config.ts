// How the page is built: into the server's folder, with names that change with the content, and nothing inline, since
// the gateway's content security policy allows the page's own files only.
import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as { version: string };

export default defineConfig({
  base: "/",
  plugins: [react()],
  define: { pageVersion: JSON.stringify(version) },
  build: {
    outDir: "../server/dist/web",
    emptyOutDir: true,
    assetsDir: "assets",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
    reportCompressedSize: false,
  },
});
