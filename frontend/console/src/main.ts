import "./styles/theme.css";

import { QueryClient, VueQueryPlugin } from "@tanstack/vue-query";
import { createApp } from "vue";

import App from "./App.vue";
import { i18n } from "./i18n/index.ts";
import { router } from "./router/index.ts";

const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 1_000, gcTime: 120_000, retry: 1, refetchOnWindowFocus: false },
  },
});

createApp(App).use(i18n).use(router).use(VueQueryPlugin, { queryClient: queries }).mount("#app");
