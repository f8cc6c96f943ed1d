import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";

import RingPage from "../pages/RingPage.vue";

/** Every page but the first is fetched when it is opened. */
const routes: RouteRecordRaw[] = [
  { path: "/", name: "ring", component: RingPage },
  { path: "/products", name: "products", component: () => import("../pages/ProductsPage.vue") },
  { path: "/products/:sku", name: "product", component: () => import("../pages/ProductPage.vue"), props: true },
  { path: "/presales", name: "presales", component: () => import("../pages/PresalesPage.vue") },
  { path: "/supply", name: "supply", component: () => import("../pages/SupplyPage.vue") },
  { path: "/orders", name: "orders", component: () => import("../pages/OrdersPage.vue") },
  { path: "/orders/:id", name: "order", component: () => import("../pages/OrderPage.vue"), props: true },
  { path: "/notices", name: "notices", component: () => import("../pages/NoticesPage.vue") },
  { path: "/signals", name: "signals", component: () => import("../pages/SignalsPage.vue") },
  { path: "/jobs", name: "jobs", component: () => import("../pages/JobsPage.vue") },
  { path: "/accounts", name: "accounts", component: () => import("../pages/AccountsPage.vue") },
  { path: "/:rest(.*)*", name: "lost", component: () => import("../pages/LostPage.vue") },
];

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});
