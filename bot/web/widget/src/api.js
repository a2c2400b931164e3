// The office's chat API (docs/openapi.yml): one call, and the stream that says when there is something new.
import { ORIGIN } from "./dom.js";

const PATIENCE = 30000; // the office gives up on its engine after 20 seconds
const SILENCE = 45000; // the stream says something at least every 15 seconds

// An answer that is no success. `status` 0: no answer at all.
export class Refused extends Error {
  constructor(status, message = "", wait = 0) {
    super(message);
    this.status = status;
    this.wait = wait;
  }

  // Worth another try: the line, the server or too great a hurry.
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export async function call(method, path, session = "", body = null) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await request(method, path, session, body, stop.signal);
    return answer.status === 204 ? null : await answer.json();
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(0);
  } finally {
    clearTimeout(timer);
  }
}

async function request(method, path, session, body, signal) {
  const headers = {};
  if (session) headers.Authorization = `Bearer ${session}`;
  if (body) headers["Content-Type"] = "application/json";
  const options = { method, headers, body: body && JSON.stringify(body), signal, credentials: "omit", cache: "no-store" };
  const answer = await fetch(`${ORIGIN}/chat/v1${path}`, options);
  if (answer.ok) return answer;
  const told = await answer.json().then((found) => found.error || {}, () => ({}));
  throw new Refused(answer.status, told.message, told.retry_after);
}

// Calls `changed` with the number of the newest turn, at first and whenever it grows; returns when the stream ends,
// throws when it cannot be had.
export async function listen(session, changed, stop) {
  const answer = await request("GET", "/events", session, null, stop.signal);
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let timer;
  let begun = "";
  try {
    for (;;) {
      clearTimeout(timer);
      timer = setTimeout(() => stop.abort(), SILENCE);
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (begun + decoder.decode(value, { stream: true })).split(/\r?\n/);
      begun = lines.pop();
      for (const line of lines) if (line.startsWith("data:")) changed(Number(line.slice(5)));
    }
  } finally {
    clearTimeout(timer);
  }
}
