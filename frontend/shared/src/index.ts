export * from "./formats.ts";
export * from "./sentences.ts";
export * from "./words.ts";
