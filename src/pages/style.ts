/** The stylesheet of every page. Colours are variables, so that dark mode is one block and a tenant's accent one line. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f4f5f7; --card: #fff; --ink: #1b1f24; --muted: #57606a; --line: #d5d9df;
  --accent: #0b57d0; --on-accent: #fff; --code: #eef1f5; --danger: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #101317; --card: #191d23; --ink: #e8eaed; --muted: #a0a8b4; --line: #343b45;
    --accent: #8ab4f8; --on-accent: #10151c; --code: #232932; --danger: #f2b8b5;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere;
}
main { max-width: 44rem; margin: 0 auto; }
h1 { margin: 1rem 0 .25rem; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 0; font-size: 1.1rem; line-height: 1.35; }
p { margin: .25rem 0 1rem; }
a { color: var(--accent); }
.muted { color: var(--muted); }
.card {
  margin: 1rem 0; padding: 1.1rem 1.25rem; background: var(--card);
  border: 1px solid var(--line); border-radius: .75rem;
}
label { display: block; margin-bottom: .25rem; font-weight: 600; }
input, button { font: inherit; min-height: 2.75rem; padding: .5rem .8rem; border-radius: .5rem; }
input { width: 100%; color: inherit; background: var(--card); border: 1px solid var(--muted); }
::placeholder { color: var(--muted); opacity: 1; }
button {
  border: 1px solid var(--line); background: var(--brand, var(--accent)); color: var(--on-brand, var(--on-accent));
  font-weight: 600; cursor: pointer;
}
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.card > :last-child { margin-bottom: 0; }
.row { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; }
.row > .grow { flex: 1 1 12rem; }
.row > .end { margin-left: auto; }
.tag {
  padding: .1rem .55rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .85rem; color: var(--muted);
}
pre, .code { font: .95rem/1.5 ui-monospace, monospace; background: var(--code); border-radius: .5rem; }
pre { margin: .75rem 0; padding: .75rem .9rem; white-space: pre-wrap; }
.code { padding: .1rem .5rem; font-size: 1.15rem; letter-spacing: .08em; }
ul { margin: .75rem 0; padding: 0; list-style: none; }
[hidden] { display: none; }
.hosted { max-width: 26rem; margin: 0 auto; }
.hosted button { width: 100%; margin-top: 1.25rem; }
.hosted label { margin-top: 1rem; }
.hosted input[type=hidden] + :is(label, button) { margin-top: 0; }
.way {
  display: block; min-height: 2.75rem; margin: .6rem 0; padding: .55rem .8rem; border: 1px solid var(--muted);
  border-radius: .5rem; background: var(--card); color: var(--ink); font-weight: 600; text-align: center; text-decoration: none;
}
.hosted button.way { width: 100%; margin: .6rem 0; background: var(--card); color: var(--ink); }
summary { padding: .6rem 0; color: var(--accent); cursor: pointer; }
details .card { margin: .25rem 0 1rem; }
.way:hover { border-color: var(--brand, var(--accent)); }
.onward { margin: 1.25rem 0 0; border-color: transparent; background: var(--brand, var(--accent)); color: var(--on-brand, var(--on-accent)); }
.brand { display: flex; align-items: center; gap: .6rem; margin: 1rem 0 0; font-weight: 600; }
.brand img { height: 2rem; max-width: 10rem; object-fit: contain; }
dl { margin: .75rem 0; }
dl > div { display: flex; flex-wrap: wrap; gap: 0 .75rem; }
dt { flex: 0 0 7.5rem; color: var(--muted); }
dd { flex: 1 1 9rem; margin: 0; }
time { white-space: nowrap; }
.pages { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 2rem 0 0; }
.pages a { padding: .35rem 0; }
.pages [aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
button.quiet { background: none; color: inherit; border-color: var(--muted); }
.hint { margin: .3rem 0 0; font-size: .9rem; color: var(--muted); }
.alert { margin: 0 0 1rem; padding: .7rem .9rem; border-left: 4px solid var(--danger); background: var(--code); border-radius: .25rem; }
h1 + .alert { margin-top: 1rem; }
button:disabled { opacity: .6; cursor: default; }
.qr { display: block; max-width: 100%; margin: 0 auto .75rem; height: auto; border-radius: .5rem; image-rendering: pixelated; }
@media (max-width: 40rem), (hover: none) { .wide-only { display: none; } }
`
