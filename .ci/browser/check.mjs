// What a reader's browser makes of labhand's pages: `node check.mjs SCENARIO ARGUMENTS…`, run by the
// tests of tests/api/browser.rs. Ends with 1 and every fault that it found.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const packaged = (file) => readFileSync(createRequire(import.meta.url).resolve(file), "utf8");
const axe = packaged("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 800 };

const faults = [];
const fault = (...what) => faults.push(what.join(" "));

const browser = await chromium.launch({
  executablePath: process.env.LABHAND_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

// A page that is watched: nothing goes wrong on it, and it asks nobody else.
async function open(options, hosts, forgiven = () => false) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !forgiven(message.text())) {
      fault(page.url(), "console:", message.text());
    }
  });
  page.on("pageerror", (error) => fault(page.url(), "script:", error.message));
  page.on("request", (request) => {
    const host = new URL(request.url()).host;
    if (!hosts.includes(host)) fault(page.url(), "asks another host:", request.url());
  });
  return page;
}

async function accessible(page, name) {
  await page.evaluate(axe);
  const result = await page.evaluate((rules) => axe.run(document, { runOnly: rules }), RULES);
  for (const violation of result.violations) {
    fault(name, page.url(), violation.id, violation.nodes[0].html.slice(0, 200), violation.nodes[0].failureSummary);
  }
}

async function fits(page, name) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) fault(name, page.url(), `is ${wide} px wider than the screen`);
}

const host = (url) => new URL(url).host;

// Puts what labhand wrote on one of the stand-in's pages into boxes as GitHub has them, in GitHub's own
// style sheet; how many comments there are.
async function asOnGitHub(page, url, scheme) {
  await page.goto(url);
  const written = await page.$$eval("article", (articles) => articles
    .filter((one) => one.querySelector("header").textContent.includes("labhand"))
    .map((one) => {
      one.querySelectorAll("header, footer").forEach((part) => part.remove());
      return one.innerHTML;
    }));
  const [paper, line] = scheme === "dark" ? ["#0d1117", "#3d444d"] : ["#fff", "#d1d9e0"];
  const boxes = written.map((html) => `<div class="box markdown-body">${html}</div>`).join("");
  await page.setContent(`<!doctype html><html lang="en"><title>Comments</title><style>
    ${packaged(`github-markdown-css/github-markdown-${scheme}.css`)}
    body { margin: 0; padding: 8px; background: ${paper} }
    .box { border: 1px solid ${line}; border-radius: 6px; padding: 16px; margin-bottom: 8px; font-size: 14px }
    li:has(> input) { list-style: none } li:has(> input) > input { margin: 0 .2em .25em -1.4em }
    </style><main>${boxes}</main>`);
  return written.length;
}

const scenarios = {
  // Every page, in light and dark, on a desk and on a phone, with and without JavaScript.
  async pages(...urls) {
    for (const colorScheme of ["light", "dark"]) {
      for (const viewport of [DESKTOP, PHONE]) {
        const page = await open({ colorScheme, viewport }, [host(urls[0])]);
        for (const url of urls) {
          const answer = await page.goto(url, { waitUntil: "load" });
          if (!answer.ok()) fault(url, "answers", answer.status());
          const name = `${colorScheme}, ${viewport.width} px:`;
          await accessible(page, name);
          await fits(page, name);
        }
        await page.context().close();
      }
    }
    const bare = await open({ javaScriptEnabled: false, viewport: DESKTOP }, [host(urls[0])]);
    for (const url of urls) {
      await bare.goto(url);
      const text = await bare.textContent("main");
      if (text.trim().length < 20) fault(url, "says nothing without JavaScript");
    }
    await bare.context().close();
  },

  // The first thing that the keyboard reaches leads past the navigation.
  async keyboard(url) {
    const page = await open({ viewport: DESKTOP }, [host(url)]);
    await page.goto(url);
    await page.keyboard.press("Tab");
    const first = await page.evaluate(() => document.activeElement.textContent);
    if (first !== "Skip to the content") fault(url, "the keyboard reaches first:", first);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    const inside = await page.evaluate(() => document.querySelector("main").contains(document.activeElement));
    if (!inside) fault(url, "skipping does not lead to the content");
  },

  // What changes appears without a reload, and what was opened stays open.
  async live(url, text) {
    const page = await open({ viewport: DESKTOP }, [host(url)]);
    await page.goto(url);
    await page.waitForSelector(".live:not([hidden])");
    await page.evaluate(() => { window.same = true; });
    const details = page.locator("details").first();
    await details.evaluate((one) => { one.open = true; });
    console.log("ready");
    await page.getByText(text).first().waitFor({ timeout: 60_000 });
    if (!(await page.evaluate(() => window.same))) fault(url, "was loaded anew");
    if (!(await page.locator("details").first().evaluate((one) => one.open))) fault(url, "closed what was open");
  },

  async sign_in(url, token) {
    const refusal = (text) => text.includes("401");
    const page = await open({ viewport: DESKTOP }, [host(url)], refusal);
    await page.goto(url);
    await accessible(page, "sign-in:");
    await page.getByLabel("Token").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText("This is not the token.").waitFor();
    await accessible(page, "refused:");
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(url);
    const cookies = await page.context().cookies();
    const cookie = cookies.find((one) => one.name === "labhand_session");
    if (!cookie?.httpOnly || cookie.sameSite !== "Lax") fault("the cookie is", JSON.stringify(cookie));
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL("**/-/sign-in");
    await page.goto(url);
    if (!page.url().includes("/-/sign-in")) fault("signing out does not sign out:", page.url());
  },

  async sign_in_with_github(url, github) {
    const page = await open({ viewport: PHONE }, [host(url), host(github)]);
    await page.goto(url);
    await accessible(page, "sign-in:");
    await page.getByRole("link", { name: "Sign in with GitHub" }).click();
    await page.waitForURL(url);
    await page.getByText("mira").first().waitFor();
  },

  // The set-up page, up to the button's press and what GitHub sends back.
  async set_up(url, github) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await open({ colorScheme, viewport: PHONE }, [host(url), host(github)]);
      await page.goto(url);
      await accessible(page, `set-up, ${colorScheme}:`);
      await fits(page, `set-up, ${colorScheme}:`);
      await page.context().close();
    }
    // Where the browser is sent in the end is served by the next start, which is not there.
    const page = await open({ viewport: DESKTOP }, [host(url), host(github)], () => true);
    await page.goto(url);
    await page.getByLabel("Organisation").fill("acme");
    await page.getByRole("button", { name: "Use this" }).click();
    await page.getByRole("button", { name: "Create the GitHub App of acme" }).click();
    await page.waitForURL("**/-/set-up/ready?**", { timeout: 20_000 }).catch(() => {});
    if (!page.url().includes("/-/set-up/ready")) fault("after the button the browser is on", page.url());
  },

  // Comments as GitHub shows them, in light and dark, on a desk and on a phone, where a table may be
  // moved sideways and nothing else; pictures of all, if a folder is named.
  async comments(folder, ...urls) {
    let seen = 0;
    for (const colorScheme of ["light", "dark"]) {
      for (const [name, viewport] of [["desk", { width: 880, height: 900 }], ["phone", PHONE]]) {
        const context = await browser.newContext({ colorScheme, viewport, bypassCSP: true });
        const page = await context.newPage();
        for (const url of urls) {
          seen += await asOnGitHub(page, url, colorScheme);
          const what = `${url}, ${colorScheme}, ${name}:`;
          await fits(page, what);
          // Nothing that has no place of its own to be moved in sticks out of its box.
          const out = await page.$$eval(".box > *", (parts) => parts
            .filter((one) => one.tagName !== "TABLE" && one.scrollWidth > one.clientWidth + 1)
            .filter((one) => !one.querySelector("table, pre") && one.tagName !== "PRE")
            .map((one) => one.textContent.slice(0, 80)));
          for (const text of out) fault(what, "sticks out:", text);
          if (folder) {
            const path = `${folder}/${new URL(url).pathname.split("/").pop()}-${colorScheme}-${name}.png`;
            await page.screenshot({ path, fullPage: true });
          }
        }
        await context.close();
      }
    }
    if (seen < 4 * urls.length) fault("only", seen, "comments were drawn");
  },

  // Pictures for the documentation: `shots FOLDER NAME URL SELECTOR …`, light and dark.
  async shots(folder, ...rest) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await open({ colorScheme, viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.5, bypassCSP: true },
        rest.filter((one) => one.startsWith("http")).map(host),
        (text) => text.includes("404")); // the stand-in has no icon
      for (let at = 0; at < rest.length; at += 3) {
        const [name, url, selector] = rest.slice(at, at + 3);
        if (selector === "comment") {
          await page.setViewportSize({ width: 880, height: 800 });
          await asOnGitHub(page, url, colorScheme);
        } else {
          await page.goto(url);
        }
        const place = selector === "comment" ? ".box" : selector;
        const target = selector === "page" ? page : page.locator(place).first();
        await target.screenshot({ path: `${folder}/${name}-${colorScheme}.png` });
      }
      await page.context().close();
    }
  },
};

const [scenario, ...rest] = process.argv.slice(2);
try {
  await scenarios[scenario](...rest);
} catch (error) {
  fault(scenario, error.message);
}
await browser.close();
for (const one of faults) console.error(one);
process.exit(faults.length ? 1 : 0);
