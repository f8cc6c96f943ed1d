/** Lists that come in pages: rows so far, the names behind their ids, and whether there is more. */

import type { Words } from "@roulian/shared";
import { useInfiniteQuery } from "@tanstack/vue-query";
import { computed, type ComputedRef, type Ref } from "vue";

interface Page<Row> {
  rows: Row[];
  names: Record<string, Words>;
  next: string | null;
}

export interface Pages<Row> {
  readonly data: ComputedRef<{ rows: Row[]; names: Record<string, Words> } | undefined>;
  readonly error: Ref<Error | null>;
  readonly hasMore: Ref<boolean>;
  readonly isFetchingMore: Ref<boolean>;
  more(): void;
  retry(): void;
}

/** Ask page by page; the key's refs start it anew when they change. */
export function usePages<Row>(key: readonly unknown[], ask: (before: string) => Promise<Page<Row>>): Pages<Row> {
  const asked = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => ask(pageParam),
    initialPageParam: "",
    getNextPageParam: (page: Page<Row>) => page.next,
  });
  const data = computed(() => {
    const pages = asked.data.value?.pages;
    if (!pages) return undefined;
    return { rows: pages.flatMap((page) => page.rows), names: Object.assign({}, ...pages.map((page) => page.names)) as Record<string, Words> };
  });
  return {
    data,
    error: asked.error,
    hasMore: asked.hasNextPage,
    isFetchingMore: asked.isFetchingNextPage,
    more: () => void asked.fetchNextPage(),
    retry: () => void asked.refetch(),
  };
}
