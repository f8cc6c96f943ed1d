// @ts-check
// Before the first paint, so that a dark page never flashes white. A classic script, because modules wait.
(() => {
  const chosen = localStorage.getItem('sandbox.theme');
  const dark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
