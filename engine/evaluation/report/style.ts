/** The page's own style sheet: system type, one column, tables that scroll by themselves. */
export const style = `
:root { color-scheme: light dark; --ink: #1c1e21; --soft: #5c6370; --paper: #ffffff; --line: #d9dce1; --panel: #f5f6f8; --bad: #b3261e; --c0: #8a94a6; --c1: #2f6fde; --c2: #c2701c; --c3: #2b8a57; --c4: #8250df; --c5: #b0356f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7e9ec; --soft: #a2a9b4; --paper: #15171a; --line: #34383f; --panel: #1e2126; --bad: #ff8a80; --c0: #77808f; --c1: #6ea0ff; --c2: #e39a4f; --c3: #5fbf8b; --c4: #b392f0; --c5: #e67aa8; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; } h3 { font-size: 1rem; margin: 1rem 0 .3rem; }
p { margin: .3rem 0; } small { color: var(--soft); } ul { margin: .4rem 0; padding-left: 1.2rem; } li { margin: .2rem 0; }
.advice { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: .2rem 1.2rem 1rem; margin-top: 1.2rem; } .advice h2 { margin-top: 1rem; }
.verdict { font-size: 1.15rem; font-weight: 600; } .broken { color: var(--bad); }
.table { overflow-x: auto; } table { border-collapse: collapse; font-size: .87rem; font-variant-numeric: tabular-nums; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; min-width: 3.5rem; } thead th { color: var(--soft); font-weight: 600; } tbody th { font-weight: 500; }
svg { width: 100%; max-width: 44rem; height: auto; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; } svg .measure { font-weight: 600; } svg .tick, svg .none { fill: var(--soft); font-size: 11px; }
svg .grid { stroke: var(--line); } svg .interval { stroke: var(--ink); fill: none; stroke-width: 1.2; } .c0 { fill: var(--c0); } .c1 { fill: var(--c1); } .c2 { fill: var(--c2); } .c3 { fill: var(--c3); } .c4 { fill: var(--c4); } .c5 { fill: var(--c5); }
`;
