// The mails as people get them: each kind in headless Chromium at the widths of a phone and of a window, light and dark, with
// pictures as output; the HTML part through `caniemail` (what mail programs support) and rules of our own; the text part at 72
// columns; and every link of every mail opened by a browser with JavaScript, after which nothing may have changed.
//
//   node mails.mjs --binary target/debug/regwire --chromium /usr/bin/chromium --out target/browser
//
// It lives through the demo's fortnight for the digest and the alert, and signs up at a site of its own for the rest.

import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve as absolute } from "node:path";
import { caniemail } from "caniemail";
import { chromium } from "playwright-core";
import PostalMime from "postal-mime";

const options = Object.fromEntries(
  process.argv.slice(2).join(" ").split("--").filter(Boolean).map((part) => part.trim().split(/\s+/)),
);
options.binary = absolute(options.binary ?? "target/debug/regwire");
const out = absolute(options.out ?? "target/browser");
mkdirSync(out, { recursive: true });
const WIDTHS = [360, 700];
const SCHEMES = ["light", "dark"];
const CLIENTS = ["gmail.*", "outlook.*", "apple-mail.*", "yahoo.*", "protonmail.*", "fastmail.*"];
// What some program does not know and what then happens, so that it is no fault.
const GRACEFUL = {
  "@media (prefers-color-scheme)": "the mail stays light, as it is written",
  "@media": "the mail stays light",
  "color-scheme meta tag": "the program turns the colours by itself, or leaves them",
  "max-width": "the mail is as wide as the window",
  "<style> element": "each element carries its style itself, too",
  "<meta> element": "the encoding stands in the MIME header, too",
  "<!DOCTYPE html>": "it is taken off, and nothing hangs on it",
  "HTML5 doctype": "it is taken off, and nothing hangs on it",
  "lang attribute": "the text is read in the reader's own language",
  "role attribute": "a screen reader says that there is a table",
  "<body> element": "the outer table has the same colours",
  "display:none": "the first line shows where it should not, one pixel high",
  "max-height property": "the first line shows where it should not, one pixel high",
  "text-decoration": "a button's words are underlined",
  "overflow": "the first line shows where it should not, one pixel high",
  "max-height": "the first line shows where it should not, one pixel high",
  "!important": "the mail stays light",
};
// Gmail cuts a mail here.
const MOST_BYTES = 102_400;

const faults = [];
const fault = (where, what) => {
  faults.push(`${where}: ${what}`);
  console.log(`FAULT ${where}: ${what}`);
};
const regwire = (data, words) => {
  const told = spawnSync(options.binary, ["--data", data, ...words], { encoding: "utf8", cwd: data });
  if (told.status !== 0) throw new Error(`${words.join(" ")} ended with ${told.status}:\n${told.stdout}${told.stderr}`);
  return told.stdout;
};
const mailsOf = async (folder) => {
  const names = readdirSync(folder).filter((name) => name.endsWith(".eml")).sort();
  return Promise.all(names.map(async (name) => ({ name, ...(await PostalMime.parse(readFileSync(join(folder, name)))) })));
};

function lint(kind, mail) {
  const { html, text } = mail;
  if (!html || !text) return fault(kind, "it has not both parts");
  if (Buffer.byteLength(html) > MOST_BYTES) fault(kind, `${Buffer.byteLength(html)} bytes: Gmail cuts it`);
  for (const [pattern, what] of [
    [/<(script|link|iframe|object|embed|form|svg|img|video|audio)\b/i, "an element that mail programs take off or that loads something"],
    [/\son\w+\s*=/i, "a handler"],
    [/javascript:|data:/i, "an address that is none"],
    [/url\(/i, "something remote in a style"],
    [/position\s*:|display\s*:\s*(flex|grid)|float\s*:/i, "a layout that mail programs do not know"],
  ]) {
    if (pattern.test(html)) fault(kind, `${what}: ${html.match(pattern)[0]}`);
  }
  if (!/<html[^>]+lang="[a-z]{2}"/.test(html)) fault(kind, "its language is not said");
  if (!/<title>[^<]+<\/title>/.test(html)) fault(kind, "it has no title");
  if (/<table(?![^>]*role="presentation")/.test(html)) fault(kind, "a table of layout is read as one of data");
  const told = caniemail({ clients: CLIENTS, html });
  const unknown = new Map();
  for (const [client, issues] of told.issues.errors) {
    for (const { title } of issues) {
      if (!GRACEFUL[title]) unknown.set(title, [...(unknown.get(title) ?? []), client]);
    }
  }
  for (const [title, clients] of unknown) fault(kind, `${title} is not known to ${clients.join(", ")}`);
  for (const [number, line] of text.split(/\r?\n/).entries()) {
    if (line.length > 72 && !/https?:\/\//.test(line)) fault(kind, `line ${number + 1} of the text has ${line.length} columns: ${line}`);
  }
  if (/<[a-z]+[^>]*>|&(amp|lt|gt|nbsp|#\d+);/i.test(text.replace(/<https?:[^>]*>/g, ""))) fault(kind, "there is markup in its text");
  writeFileSync(join(out, `mail-${kind}.txt`), text);
}

async function shown(browser, kind, mail) {
  for (const width of WIDTHS) {
    for (const colorScheme of SCHEMES) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, javaScriptEnabled: true });
      const page = await context.newPage();
      const asked = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.setContent(mail.html);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      const where = `${kind} ${width} ${colorScheme}`;
      if (wide > width) fault(where, `it is ${wide} px wide`);
      const remote = asked.filter((url) => /^https?:/.test(url));
      if (remote.length) fault(where, `reading it asks for ${remote[0]}`);
      const faint = await page.evaluate(contrasts);
      for (const what of faint.slice(0, 3)) fault(where, what);
      await page.screenshot({ path: join(out, `mail-${kind}-${width}-${colorScheme}.png`), fullPage: true });
      await context.close();
    }
  }
}

// Words that stand out too little from what they stand on (WCAG 1.4.3), reckoned in the page.
function contrasts() {
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = parts(colour).slice(0, 3).map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((parts(colour)[3] ?? 1) > 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const style = getComputedStyle(element);
    if (!node.data.trim() || element.closest(".pre") || style.display === "none" || element.tagName === "STYLE") continue;
    const [a, b] = [light(style.color), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.push(`contrast ${ratio.toFixed(2)}: ${node.data.trim().slice(0, 40)}`);
  }
  return found;
}

// A site of its own, on which somebody signs up: what it writes lies in the spool.
async function signedUp() {
  const data = mkdtempSync(join(tmpdir(), "regwire-mails-"));
  writeFileSync(
    join(data, "regwire.toml"),
    'base_url = "http://127.0.0.1:1"\ncontact = "editor@example.org"\n[mail]\nfrom = "Regwire <digest@example.org>"\npostal_address = "Example Street 1, London"\n[[digest]]\nname = "weekly"\ncron = "0 8 * * 1"\nzone = "Europe/London"\n',
  );
  writeFileSync(join(data, "sources.toml"), "");
  const site = spawn(options.binary, ["--config", join(data, "regwire.toml"), "--data", data, "serve", "--listen", "127.0.0.1:0"], { cwd: data });
  let said = "";
  const base = await new Promise((resolve, reject) => {
    const listen = (piece) => {
      said += piece;
      const found = said.match(/(http:\/\/127\.0\.0\.1:\d+)/g)?.find((url) => !url.endsWith(":1"));
      if (found) resolve(found);
    };
    site.stdout.on("data", listen);
    site.stderr.on("data", listen);
    site.on("exit", (code) => reject(new Error(`the site ended with ${code}:\n${said}`)));
    setTimeout(() => reject(new Error(`the site did not open:\n${said}`)), 60_000).unref();
  });
  return { base, data, stop: () => site.kill("SIGTERM") };
}

async function waitFor(folder, count) {
  for (let look = 0; look < 240; look++) {
    try {
      const mails = await mailsOf(folder);
      if (mails.length >= count) return mails;
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`no mail in ${folder} after a minute`);
}

const links = (mail) => [...new Set([...(mail.html ?? "").matchAll(/href="([^"]+)"/g)].map((found) => found[1].replaceAll("&amp;", "&")))];

// Opens every link of a mail at the site, with JavaScript: what the store then says must be what it said.
async function opened(browser, kind, mail, base, state) {
  const before = state();
  const context = await browser.newContext();
  const page = await context.newPage();
  for (const link of links(mail).filter((link) => link.startsWith("http"))) {
    const url = new URL(link);
    await page.goto(base + url.pathname + url.search, { waitUntil: "networkidle" }).catch(() => null);
  }
  await context.close();
  const after = state();
  if (before !== after) fault(kind, `opening its links changed something:\n${before}\n${after}`);
  return links(mail).length;
}

const demo = mkdtempSync(join(tmpdir(), "regwire-demo-"));
const browser = await chromium.launch({
  executablePath: options.chromium,
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  regwire(demo, ["demo", "--once"]);
  const kinds = new Map();
  for (const mail of await mailsOf(join(demo, "mail"))) {
    const kind = mail.to?.[0]?.address === "ai-governance@example.org" ? "alert" : "digest";
    if (!kinds.has(kind) || mail.html.length > kinds.get(kind).html.length) kinds.set(kind, mail);
  }
  const site = await signedUp();
  try {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const sign = async () => {
      await page.goto(`${site.base}/subscribe`);
      await page.locator("input[type=email]").first().fill("reader@example.org");
      await page.getByRole("button", { name: "Ask for the mail" }).click();
    };
    await sign();
    const [confirm] = await waitFor(join(site.data, "mail"), 1);
    kinds.set("confirm", confirm);
    // What the store holds of the reader.
    const state = () => regwire(site.data, ["--config", join(site.data, "regwire.toml"), "subscriber", "list", "--json"]);
    const count = await opened(browser, "confirm", confirm, site.base, state);
    console.log(`confirm: ${count} links opened, nothing changed`);
    // The button is pressed, and signing up again brings the mail to somebody who is known.
    const url = new URL(links(confirm).find((link) => /confirm/.test(link)));
    await page.goto(site.base + url.pathname + url.search);
    await page.locator("main form button").first().click();
    await sign();
    const mails = await waitFor(join(site.data, "mail"), 2).catch(() => []);
    const known = mails.find((mail) => mail.subject !== confirm.subject);
    if (known) {
      kinds.set("known", known);
      await opened(browser, "known", known, site.base, state);
    }
    await context.close();
  } finally {
    site.stop();
    rmSync(site.data, { recursive: true, force: true });
  }
  for (const [kind, mail] of kinds) {
    lint(kind, mail);
    await shown(browser, kind, mail);
  }
  console.log(`${kinds.size} kinds of mail (${[...kinds.keys()].join(", ")}), ${WIDTHS.length * SCHEMES.length} pictures each: ${faults.length} faults`);
} finally {
  await browser.close();
  rmSync(demo, { recursive: true, force: true });
}
process.exit(faults.length ? 1 : 0);
