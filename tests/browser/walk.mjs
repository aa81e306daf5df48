// The site as a person meets it, in headless Chromium: every page type at three widths, light and dark, judged by axe-core
// (WCAG 2.2 AA); search, facet, calendar, feed and sign-up by keyboard alone with JavaScript off. Screenshots are the output.
//
//   node walk.mjs --binary target/debug/regwire --out target/browser [--shots docs] [--only keyboard]
//
// It starts the sites on loopback itself. `--shots` writes the pictures of the README, too;
// `--only` takes the beginning of a page type's name, or `keyboard`.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve as absolute } from "node:path";
import { chromium } from "playwright-core";

const options = Object.fromEntries(
  process.argv.slice(2).join(" ").split("--").filter(Boolean).map((part) => part.trim().split(/\s+/)),
);
options.binary = absolute(options.binary ?? "target/debug/regwire");
const out = absolute(options.out ?? "target/browser");
mkdirSync(out, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [320, 768, 1440];
const SCHEMES = ["light", "dark"];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const MOST_BYTES = 60_000;

const faults = [];
const fault = (where, what) => {
  faults.push(`${where}: ${what}`);
  console.log(`FAULT ${where}: ${what}`);
};

// Two sites: the demo, and the register with two snapshots of a catalogue of our own writing and every source of the house,
// none of which was visited.

const run = (data, words) => {
  const told = spawnSync(options.binary, ["--data", data, ...words], { encoding: "utf8", cwd: data });
  if (told.status !== 0) throw new Error(`${words.join(" ")} ended with ${told.status}:\n${told.stdout}${told.stderr}`);
};

function open(data, words) {
  const site = spawn(options.binary, ["--data", data, ...words, "--listen", "127.0.0.1:0"], { cwd: data });
  const ready = new Promise((resolve, reject) => {
    let said = "";
    const listen = (piece) => {
      said += piece;
      const found = said.match(/open at (http:\/\/[\d.:]+)\//);
      if (found) resolve(found[1]);
    };
    site.stdout.on("data", listen);
    site.stderr.on("data", listen);
    site.on("exit", (code) => reject(new Error(`the site ended with ${code}:\n${said}`)));
    setTimeout(() => reject(new Error(`the site did not open:\n${said}`)), 240_000).unref();
  });
  return { ready, stop: () => site.kill("SIGTERM") };
}

function snapshots(data) {
  const row = (id, reference, currentStage, title) =>
    `${JSON.stringify({
      id, reference, currentStage, ownerCommittee: "ISO/IEC JTC 1/SC 42", title: { en: title }, edition: 1,
      replaces: id === 91001 ? [91002] : [], replacedBy: null, publicationDate: currentStage >= 6060 ? "2020-11-02" : null,
    })}\n`;
  const list = (stage) =>
    row(91001, "ISO/IEC DIS 99042", stage, "A draft (sample)") + row(91002, "ISO/IEC 99042:2020", 9092, "Its edition (sample)");
  for (const [day, stage] of [["2026-11-01", 4020], ["2026-11-20", 4060]]) {
    const file = join(data, `${day}.jsonl`);
    writeFileSync(file, list(stage));
    run(data, ["standards", "observe", file, "--at", day]);
  }
}

// Which pages there are: fixed ones, and one of each kind that the demo's data decides.

async function ofDemo(page, base) {
  const first = async (path, selector) => {
    await page.goto(base + path);
    return page.locator(selector).first().getAttribute("href", { timeout: 2_000 }).catch(() => null);
  };
  return {
    home: "/",
    older: await first("/", ".pager a"),
    search: "/search?q=ISO",
    "search-empty": "/search?q=zzzzqqqq",
    "search-problem": "/search?q=%28%28%22",
    "search-all": "/search",
    update: await first("/", ".card.first h3 a"),
    "update-dated": await first("/calendar", ".due h3 a"),
    frameworks: "/frameworks",
    "frameworks-empty": "/frameworks?q=zzzz",
    framework: "/frameworks/iso-iec-42001",
    "framework-law": "/frameworks/eu-ai-act",
    "framework-plain": "/frameworks/cra",
    "framework-changes": "/frameworks/iso-iec-42001/changes?since=2026-01-01",
    missed: "/missed",
    "missed-chosen": "/missed?since=2026-01-01&framework=iso-iec-42001&framework=nist-csf&framework=coppa",
    crosswalks: "/crosswalks",
    "crosswalks-one": "/crosswalks?framework=iso-iec-42001",
    jurisdictions: "/jurisdictions",
    jurisdiction: "/jurisdictions/eu",
    topics: "/topics",
    topic: "/topics/ai-governance",
    bodies: "/bodies",
    body: "/bodies/nist",
    calendar: "/calendar",
    "calendar-framework": "/calendar?framework=eu-ai-act",
    sources: "/sources",
    digests: "/digests",
    issue: await first("/digests", ".issues a"),
    subscribe: "/subscribe?want=framework:iso-iec-42001",
    api: "/api",
    about: "/about",
    privacy: "/privacy",
    missing: "/nowhere",
  };
}

const ofRegister = {
  "empty-home": "/",
  "empty-framework": "/frameworks/gdpr",
  "empty-calendar": "/calendar",
  "empty-digests": "/digests",
  standards: "/standards",
  "standards-all": "/standards?all=1",
  "standards-empty": "/standards?q=zzzz",
  standard: "/standards/iso-iec-99042",
  "standard-missing": "/standards/nothing",
  "sources-all": "/sources",
  "sources-last": "/sources?page=4",
  "sources-off": "/sources?state=off",
  source: "/sources/nist-news",
  versions: "/sources/nist-ai-rmf-page/versions",
};

async function weighed(page, base, found) {
  const there = [];
  for (const [name, path] of Object.entries(found)) {
    if (!path) {
      console.log(`left out: ${name} (the demo has none)`);
      continue;
    }
    const answer = await page.request.get(base + path);
    if (answer.status() === 404 && name === "api") {
      console.log("left out: api (no such page yet)");
      continue;
    }
    if (answer.status() !== (name.endsWith("missing") ? 404 : 200)) fault(path, `status ${answer.status()}`);
    const bytes = (await answer.body()).length;
    if (bytes > MOST_BYTES) fault(path, `${bytes} bytes, more than ${MOST_BYTES}`);
    there.push([base, name, path, bytes]);
  }
  return there;
}

// Judging

async function judge(page, [base, name, path, bytes]) {
  const strangers = [];
  const watch = (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith("data:")) strangers.push(request.url());
  };
  page.on("request", watch);
  let violations = 0;
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const scheme of SCHEMES) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(base + path);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) fault(`${path} at ${width}`, `the page scrolls sideways by ${wide} px`);
      const jump = await page.evaluate(
        () =>
          new Promise((resolve) => {
            let sum = 0;
            new PerformanceObserver((list) => {
              for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
            }).observe({ type: "layout-shift", buffered: true });
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
          }),
      );
      if (jump > 0.01) fault(`${path} at ${width}`, `the layout jumps by ${jump}`);
      await page.screenshot({ path: join(out, `${name}-${width}-${scheme}.png`), fullPage: true });
      // Whatever is folded away must be right as well.
      await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
      await page.evaluate(axe);
      const result = await page.evaluate((tags) => axe.run({ runOnly: tags, resultTypes: ["violations"] }), TAGS);
      for (const one of result.violations) {
        violations += 1;
        const node = one.nodes[0];
        fault(`${path} at ${width} ${scheme}`, `${one.id}: ${one.help}; ${one.nodes.length} × ${node.target} ${node.failureSummary.replace(/\s+/g, " ")}`);
      }
    }
  }
  page.off("request", watch);
  for (const url of new Set(strangers)) fault(path, `asks a stranger: ${url}`);
  console.log(`${violations === 0 ? "well" : "ILL "}  ${name.padEnd(20)} ${String(bytes).padStart(6)} bytes  ${path}`);
}

// The keyboard

const focused = (page) =>
  page.evaluate(() => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    return {
      tag: one.tagName,
      id: one.id,
      text: (one.textContent || one.getAttribute("aria-label") || "").trim().slice(0, 80),
      href: one.getAttribute("href") ?? "",
      inAside: !!one.closest("aside"),
      seen: style.outlineStyle !== "none" && box.width > 0 && box.height > 0,
    };
  });

async function tabTo(page, where, wanted, most = 400) {
  for (let steps = 0; steps < most; steps += 1) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (at.tag !== "BODY" && !at.seen) fault(where, `the focus on ${at.tag} “${at.text}” is not seen`);
    if (wanted(at)) return at;
  }
  fault(where, "the keyboard does not reach it");
  return null;
}

async function enter(page) {
  const before = page.url();
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.href !== before, { timeout: 20_000 }).catch(() => {});
  await page.waitForLoadState("load");
}

async function walk(browser, base) {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1024, height: 800 } });
  const page = await context.newPage();
  const say = (what) => console.log(`keys  ${what}`);

  await page.goto(`${base}/`);
  await page.keyboard.press("Tab");
  const skip = await focused(page);
  if (!/skip/i.test(skip.text)) fault("keyboard /", `the first stop is “${skip.text}” and no way past the head`);
  await enter(page);
  if (!page.url().endsWith("#main")) fault("keyboard /", "the way past the head leads nowhere");
  say("skips to the content");

  await page.goto(`${base}/`);
  await tabTo(page, "keyboard search", (at) => at.id === "find");
  await page.keyboard.type("ISO/IEC 42001");
  await enter(page);
  if (!page.url().includes("/search?q=ISO")) fault("keyboard search", `led to ${page.url()}`);
  if ((await page.locator(".card").count()) === 0) fault("keyboard search", "finds nothing");
  say(`searches: ${await page.locator("h1").innerText()}`);

  const facet = await tabTo(page, "keyboard facet", (at) => at.inAside && at.tag === "A" && at.href.includes("/search"));
  const before = page.url();
  await enter(page);
  if (page.url() === before) fault("keyboard facet", "changes nothing");
  if ((await page.locator("aside [aria-current]").count()) === 0) fault("keyboard facet", "is not shown as chosen");
  say(`narrows by “${facet?.text}”`);

  await page.goto(`${base}/calendar`);
  await tabTo(page, "keyboard calendar", (at) => at.id === "framework");
  await page.keyboard.type("EU AI");
  await tabTo(page, "keyboard calendar", (at) => at.tag === "BUTTON" && /show/i.test(at.text));
  await enter(page);
  if (!page.url().includes("framework=eu-ai-act")) fault("keyboard calendar", `led to ${page.url()}`);
  say("narrows the calendar");

  await page.goto(`${base}/frameworks/iso-iec-42001`);
  const feed = await tabTo(page, "keyboard feed", (at) => at.href.endsWith(".atom"));
  if (feed) {
    const answer = await page.request.get(new URL(feed.href, base).href);
    if (!/atom\+xml/.test(answer.headers()["content-type"] ?? "")) fault("keyboard feed", "is no feed");
    say(`reaches the feed: ${answer.status()}`);
  }

  await page.goto(`${base}/frameworks/iso-iec-42001`);
  await tabTo(page, "keyboard sign-up", (at) => at.href.includes("/subscribe"));
  await enter(page);
  if (!page.url().includes("/subscribe")) fault("keyboard sign-up", `led to ${page.url()}`);
  const box = page.locator("main input[type=email], main input[name=email], main input[name=address]");
  if ((await box.count()) > 0) {
    await tabTo(page, "keyboard sign-up", (at) => at.tag === "INPUT" && at.id !== "find");
    await page.keyboard.type("reader@example.org");
    await tabTo(page, "keyboard sign-up", (at) => at.tag === "BUTTON" && !/^search$/i.test(at.text));
    await enter(page);
    say(`signs up: ${await page.locator("h1").first().innerText()}`);
  } else {
    say("reaches the sign-up place (no form yet)");
  }
  await context.close();
}

// The operators' area: in by a one-time link and by keyboard, a token made, then every page.

const invited = (data, name) => {
  const told = spawnSync(options.binary, ["--data", data, "operator", "invite", name], { encoding: "utf8", cwd: data });
  if (told.status !== 0) throw new Error(`nobody could be invited:\n${told.stderr}`);
  return new URL(told.stdout.trim()).pathname;
};

async function letIn(browser, base, data) {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1024, height: 800 } });
  const page = await context.newPage();
  const type = async (where, id, text) => {
    await tabTo(page, where, (at) => at.id === id);
    await page.keyboard.type(text);
  };
  const press = async (where, word) => {
    await tabTo(page, where, (at) => at.tag === "BUTTON" && word.test(at.text));
    await enter(page);
  };
  await page.goto(base + invited(data, "Ada Lovelace"));
  await type("keyboard link", "f-password", "correct horse battery");
  await type("keyboard link", "f-again", "correct horse battery");
  await press("keyboard link", /set the password/i);
  if (!page.url().endsWith("/operate")) fault("keyboard link", `led to ${page.url()}`);
  await press("keyboard log out", /log out/i);
  if (!page.url().endsWith("/operate/login")) fault("keyboard log out", `led to ${page.url()}`);
  await type("keyboard log in", "f-name", "ada lovelace");
  await type("keyboard log in", "f-password", "correct horse battery");
  await press("keyboard log in", /log in/i);
  if (!page.url().endsWith("/operate")) fault("keyboard log in", `led to ${page.url()}`);
  await page.goto(`${base}/operate/tokens`);
  await type("keyboard token", "f-name", "the auditor's archive");
  await press("keyboard token", /make it/i);
  if ((await page.locator(".once").count()) === 0) fault("keyboard token", "no token is shown");
  await page.goto(`${base}/operate/sources`);
  await press("keyboard fetch", /fetch now/i);
  if ((await page.locator("[role=status]").count()) === 0) fault("keyboard fetch", "nothing says that it was asked");
  await page.goto(`${base}/operate`);
  await type("keyboard pause", "f-why", "the relay is being moved");
  await press("keyboard pause", /pause everything/i);
  if ((await page.locator("[role=status]").count()) === 0) fault("keyboard pause", "nothing says what was done");
  console.log("keys  comes in, out and in again, makes a token, has a source fetched, pauses");
  const state = await context.storageState();
  await context.close();
  return (await browser.newContext({ storageState: state })).newPage();
}

async function ofArea(page, base) {
  const first = async (path, selector) => {
    await page.goto(base + path);
    return page.locator(selector).first().getAttribute("href", { timeout: 2_000 }).catch(() => null);
  };
  return {
    "operate": "/operate",
    "operate-sources": "/operate/sources",
    "operate-sources-empty": "/operate/sources?q=zzzz",
    "operate-updates": "/operate/updates",
    "operate-update": await first("/operate/updates", ".lines .named a"),
    "operate-digests": "/operate/digests",
    "operate-digest": await first("/operate/digests", ".lines .named a"),
    "operate-outbox": "/operate/outbox",
    "operate-decisions": "/operate/decisions",
    "operate-subscribers": "/operate/subscribers",
    "operate-subscriber": await first("/operate/subscribers", ".lines .named a"),
    "operate-teams": "/operate/teams",
    "operate-tokens": "/operate/tokens",
    "operate-operators": "/operate/operators",
    "operate-audit": "/operate/audit",
    "operate-account": "/operate/account",
    "operate-code": "/operate/account/code",
  };
}

// The README's pictures

async function shots(browser, base, folder) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
  const page = await context.newPage();
  await page.goto(`${base}/`);
  await page.screenshot({ path: join(folder, "front-page.png") });
  await page.goto(`${base}/frameworks/iso-iec-42001`);
  await page.screenshot({ path: join(folder, "framework-page.png") });
  await context.close();
}

const folder = mkdtempSync(join(tmpdir(), "regwire-browser-"));
const sites = [];
let browser;
try {
  const [live, kept] = ["demo", "register"].map((name) => join(folder, name));
  mkdirSync(live);
  mkdirSync(kept);
  snapshots(kept);
  sites.push(open(live, ["demo"]), open(kept, ["serve", "--no-work"]));
  const [base, register] = await Promise.all(sites.map((site) => site.ready));
  browser = await chromium.launch({
    executablePath: options.chromium ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
  const page = await (await browser.newContext()).newPage();
  const all = [
    ...(await weighed(page, base, await ofDemo(page, base))),
    ...(await weighed(page, register, ofRegister)),
  ];
  all.push(...(await weighed(page, base, { "operate-login": "/operate/login", "operate-link": invited(live, "Bob") })));
  const area = await letIn(browser, base, live);
  const inside = await weighed(area, base, await ofArea(area, base));
  const wanted = all.filter(([, name]) => !options.only || name.startsWith(options.only));
  for (const one of wanted) await judge(page, one);
  const within = inside.filter(([, name]) => !options.only || name.startsWith(options.only));
  for (const one of within) await judge(area, one);
  if (!options.only || options.only === "keyboard") await walk(browser, base);
  if (options.shots) await shots(browser, base, options.shots);
  console.log(`${wanted.length + within.length} pages × ${WIDTHS.length} widths × ${SCHEMES.length} schemes; pictures in ${out}`);
} catch (error) {
  fault("the walk", error.stack ?? String(error));
} finally {
  await browser?.close();
  for (const site of sites) site.stop();
  rmSync(folder, { recursive: true, force: true });
}
if (faults.length > 0) {
  console.log(`${faults.length} faults`);
  process.exit(1);
}
console.log("no fault");
process.exit(0);
