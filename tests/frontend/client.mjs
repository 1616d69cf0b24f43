// What a Next.js frontend does with Supabase and Scribe, step by step. Prints one line of JSON; exits 1 at the first surprise.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createClient } from "@supabase/supabase-js";
import ws from "ws";

const { SUPABASE_URL, SUPABASE_KEY, SCRIBE_URL, RESUME, ORIGIN } = process.env;
// Browsers, and Node from 22 on, bring a WebSocket of their own.
const realtime = { transport: globalThis.WebSocket ?? ws };
const supabase = createClient(SUPABASE_URL, SUPABASE_KEY, { realtime, auth: { flowType: "pkce", persistSession: false } });

const must = ({ data, error }) => {
  assert.equal(error, null, error?.message);
  return data;
};

async function call(path, { token, ...init }) {
  const headers = { Authorization: `Bearer ${token}`, Origin: ORIGIN, ...init.headers };
  const response = await fetch(`${SCRIBE_URL}${path}`, { ...init, headers });
  assert.equal(response.headers.get("access-control-allow-origin"), ORIGIN);
  return response;
}

const json = (body) => ({ method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });

async function signIn() {
  const refused = await supabase.auth.signInWithPassword({ email: "robin@example.org", password: "wrong" });
  assert.equal(refused.error?.code, "invalid_credentials");
  const first = must(await supabase.auth.signInWithPassword({ email: "robin@example.org", password: "secret" }));
  const second = must(await supabase.auth.refreshSession());
  assert.equal(second.user.id, first.user.id);
  assert.equal(must(await supabase.auth.getUser()).user.email, "robin@example.org");
  return second.session.access_token;
}

async function signInByPage() {
  // A client of its own, with a place for the code verifier, as browsers have one.
  const kept = new Map();
  const storage = { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => kept.set(k, v), removeItem: (k) => kept.delete(k) };
  const visitor = createClient(SUPABASE_URL, SUPABASE_KEY, { realtime, auth: { flowType: "pkce", storage } });
  const options = { redirectTo: `${ORIGIN}/auth/callback`, skipBrowserRedirect: true };
  const { url } = must(await visitor.auth.signInWithOAuth({ provider: "google", options }));
  assert.match(await (await fetch(url)).text(), /stand-in for google/);
  const sent = await fetch(url, { method: "POST", body: new URLSearchParams({ email: "visitor@example.org" }), redirect: "manual" });
  const target = new URL(sent.headers.get("location"));
  assert.equal(target.origin + target.pathname, `${ORIGIN}/auth/callback`);
  const { session } = must(await visitor.auth.exchangeCodeForSession(target.searchParams.get("code")));
  must({ data: {}, ...(await visitor.auth.signOut()) });
  const again = await fetch(`${SUPABASE_URL}/auth/v1/user`, { headers: { Authorization: `Bearer ${session.access_token}` } });
  assert.equal(again.status, 403, "a session that was signed out is over");
}

async function upload() {
  const bucket = supabase.storage.from("resumes");
  must(await bucket.upload("robin/resume.pdf", await readFile(RESUME), { contentType: "application/pdf" }));
  return bucket.getPublicUrl("robin/resume.pdf").data.publicUrl;
}

async function follow(token, task) {
  // EventSource cannot send a header, so the stream is read by fetch.
  const response = await call(`/api/email/status/${task}/events`, { token });
  const states = [];
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) states.push(chunk);
  return states.join("");
}

const token = await signIn();
await signInByPage();
assert.equal((await call("/api/user/init", { token, ...json({ display_name: "Robin Example" }) })).status, 201);
const pdf = await upload();
const template = await call("/api/templates/", { token, ...json({ pdf_url: pdf, user_instructions: "Ask for a summer internship, short." }) });
assert.equal(template.status, 201, await template.clone().text());
const letter = { email_template: (await template.json()).template_text, recipient_name: "Hana Sato", recipient_interest: "Tohoku dialects" };
const submitted = await (await call("/api/email/generate", { token, ...json(letter) })).json();
const repeated = await (await call("/api/email/generate", { token, ...json(letter) })).json();
assert.equal(repeated.task_id, submitted.task_id, "a client that retries by itself writes nobody twice");
const events = await follow(token, submitted.task_id);
assert.match(events, /"status":"SUCCESS"/);
const emails = await (await call("/api/email/?limit=1000", { token })).json();
must({ data: {}, ...(await supabase.auth.signOut()) });
console.log(JSON.stringify({ emails: emails.length, pdf }));
