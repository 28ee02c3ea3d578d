import assert from "node:assert/strict";

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API says is looked at by the tests.
  readonly body: any;
}

/** Asks like a browser: keeps the cookie, shows the CSRF token. Or like a program: with a token. */
export class Browser {
  readonly url: string;
  cookie: string | undefined;
  csrf: string | undefined;
  token: string | undefined;

  constructor(url: string) {
    this.url = url;
  }

  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      redirect: "manual",
      headers: {
        ...(this.cookie !== undefined && { cookie: this.cookie }),
        ...(this.csrf !== undefined && { "x-csrf-token": this.csrf }),
        ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const set = response.headers.getSetCookie().find((each) => each.startsWith("__Host-upkeep="));
    if (set !== undefined) this.cookie = /Max-Age=0/.test(set) ? undefined : set.split(";")[0]!;
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    const answer = { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    if (answer.body?.csrf !== undefined) this.csrf = answer.body.csrf;
    return answer;
  }

  get = (path: string, headers?: Readonly<Record<string, string>>) => this.ask("GET", path, undefined, headers);

  async signIn(email: string, password: string): Promise<Answer> {
    const answer = await this.ask("POST", "/v1/session", { email, password });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer;
  }
}
