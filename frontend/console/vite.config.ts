import { fileURLToPath } from "node:url";

import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

/** `ROULIAN_URL` names the running server while developing; the built page is served by that server itself. */
const server = process.env["ROULIAN_URL"] ?? "http://127.0.0.1:8700";

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: "false",
    __VUE_I18N_LEGACY_API__: "false",
    __VUE_I18N_FULL_INSTALL__: "false",
    __INTLIFY_PROD_DEVTOOLS__: "false",
  },
  build: { target: "es2022", cssCodeSplit: true, chunkSizeWarningLimit: 700 },
  server: { proxy: { "/api": server, "/_sandbox": server } },
});
