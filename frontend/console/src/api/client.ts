/** The typed door to the server. A failure becomes one `Failure` with the server's words and its trace id. */

import type { components, paths } from "@roulian/api";
import createClient from "openapi-fetch";

import { lang } from "../i18n/index.ts";

export type Schemas = components["schemas"];

/** What went wrong, in words a person can act on. */
export class Failure extends Error {
  readonly code: string;
  readonly trace: string;

  constructor(code: string, message: string, trace: string) {
    super(message);
    this.code = code;
    this.trace = trace;
  }
}

const client = createClient<paths>({ baseUrl: "/" });

client.use({
  onRequest({ request }) {
    request.headers.set("Accept-Language", lang.value === "en" ? "en" : "zh-CN");
    return request;
  },
});

export const api = client;

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer's data, or a `Failure`. */
export async function take<T>(asked: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch {
    throw new Failure("unreachable", lang.value === "en" ? "The server cannot be reached." : "连不上服务器。", "");
  }
  if (answer.response.ok && answer.data !== undefined) return answer.data;
  throw failure(answer.error, answer.response);
}

function failure(body: unknown, response: Response): Failure {
  const said = (body as { error?: { code?: string; message?: string; trace?: string } } | undefined)?.error;
  const trace = said?.trace || response.headers.get("x-trace-id") || "";
  const fallback = lang.value === "en" ? `The server answered ${response.status}.` : `服务器返回 ${response.status}。`;
  return new Failure(said?.code ?? String(response.status), said?.message ?? fallback, trace);
}
