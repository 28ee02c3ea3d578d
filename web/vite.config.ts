import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Static files for `upkeep serve`. With `npm run dev`, pages come from here and answers from a control plane on this machine. */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../build/web",
    emptyOutDir: true,
    // Nothing is put into the page itself: its policy lets no script run that is not a file of ours.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
  },
  server: { proxy: { "/v1": { target: "https://localhost:8443", secure: false } } },
});
