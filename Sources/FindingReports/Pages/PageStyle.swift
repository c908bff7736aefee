/// The style sheet of a page: the system's typefaces, stone colours with the four of the severities, light and dark, down
/// to the width of a phone. Text keeps a contrast of 4.5 to 1 and more (WCAG 2.2 section 1.4.3).
struct PageStyle {
    /// The sheet.
    static let sheet = colors + frame + overview + findings + narrow

    /// What differs between light and dark.
    private static let colors = """
        :root {
          --ground: #f3f4f2; --surface: #fff; --line: #d9dcd8; --ink: #1c2226; --soft: #545d63; --code: #f7f8f6;
          --beam: #22292e; --beam-soft: #c5cdd2; --link: #17568c; --good: #1c6e42;
          --error: #b3261e; --warning: #8a5200; --info: #1d5c9e; --hint: #5b5f8a;
          --error-wash: #fbe3e0; --warning-wash: #fdeecb; --info-wash: #deecfa; --hint-wash: #e7e8f5;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #12161a; --surface: #1a2026; --line: #323a41; --ink: #e6eaec; --soft: #a3aeb5; --code: #14191d;
            --beam: #0a0d10; --beam-soft: #aeb8be; --link: #8cc2f2; --good: #6fcf97;
            --error: #ff9287; --warning: #efb84f; --info: #86bdf3; --hint: #b3b6e8;
            --error-wash: #55211d; --warning-wash: #4b3709; --info-wash: #173a5c; --hint-wash: #33355c;
          }
        }
        .error { --tone: var(--error); --wash: var(--error-wash); }
        .warning { --tone: var(--warning); --wash: var(--warning-wash); }
        .info { --tone: var(--info); --wash: var(--info-wash); }
        .hint { --tone: var(--hint); --wash: var(--hint-wash); }

        """

    /// The page as a whole, its head and its foot.
    private static let frame = """
        * { box-sizing: border-box; }
        html { color-scheme: light dark; -webkit-text-size-adjust: 100%; scroll-padding-top: 4.5rem; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
        code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        code { font-size: .9em; overflow-wrap: anywhere; }
        a { color: var(--link); text-underline-offset: .18em; text-decoration-thickness: .06em; }
        a:focus-visible, summary:focus-visible, input:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
        .skip { position: absolute; left: -100vw; background: var(--surface); padding: .6rem 1rem; z-index: 3; }
        .skip:focus { left: .5rem; top: .5rem; }
        .symbols { position: absolute; }
        .beam { background: var(--beam); color: #fff; display: flex; align-items: center; justify-content: space-between;
          gap: 1.5rem; padding: 1.75rem max(1.25rem, calc(50vw - 30.75rem)); }
        .beam p { margin: 0; }
        .brand { display: flex; gap: .6rem; align-items: center; color: var(--beam-soft); letter-spacing: .01em; }
        .mark { width: 1.35rem; height: 1.1rem; }
        h1 { margin: .35rem 0 .1rem; font-size: clamp(2rem, 6vw, 3rem); line-height: 1.1; letter-spacing: -.02em; }
        .verdict.failed { color: #ff9287; }
        .verdict.passed { color: #7fd8a4; }
        .sentence { font-size: 1.1rem; color: #eef1f2; }
        .score { flex: none; border-radius: 50%; }
        .ring { display: block; width: 8.25rem; height: 8.25rem; }
        .ring circle { fill: none; stroke-width: 11; }
        .ring .track { stroke: #48525a; }
        .ring .arc { stroke: var(--arc); }
        .ring.high { --arc: #6fd39b; }
        .ring.middle { --arc: #f0b94d; }
        .ring.low { --arc: #ff8478; }
        .ring text { fill: #fff; text-anchor: middle; font: 700 2.35rem/1 system-ui, sans-serif; letter-spacing: -.02em; }
        .ring .unit { fill: var(--beam-soft); font: 400 .8rem/1 system-ui, sans-serif; letter-spacing: 0; }
        main, footer { max-width: 64rem; margin: 0 auto; padding: 0 1.25rem; }
        h2 { font-size: 1.35rem; letter-spacing: -.01em; margin: 2.25rem 0 .75rem; }
        footer { color: var(--soft); padding-block: 2.5rem 3rem; font-size: .9rem; }

        """

    /// The switches and the tables of rules and files.
    private static let overview = """
        .filters { position: sticky; top: 0; z-index: 2; background: var(--ground); margin: 0 -1.25rem;
          padding: .7rem 1.25rem; border-bottom: 1px solid var(--line); }
        .filters fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem;
          align-items: center; }
        .filters legend { float: left; padding: 0; margin-right: .25rem; color: var(--soft); }
        .switch { display: inline-flex; gap: .45rem; align-items: center; min-height: 1.75rem; cursor: pointer; }
        .switch input { width: 1.05rem; height: 1.05rem; margin: 0; accent-color: var(--tone); }
        .switch:has(:disabled) { color: var(--soft); cursor: default; }
        body:has(#show-error:not(:checked)) .group.error, body:has(#show-warning:not(:checked)) .group.warning,
        body:has(#show-info:not(:checked)) .group.info, body:has(#show-hint:not(:checked)) .group.hint,
        body:has(#show-error:not(:checked)) tr.error, body:has(#show-warning:not(:checked)) tr.warning,
        body:has(#show-info:not(:checked)) tr.info, body:has(#show-hint:not(:checked)) tr.hint { display: none; }
        .sign { width: .95rem; height: .95rem; flex: none; color: var(--tone); vertical-align: -.12em; }
        .sign.good { color: var(--good); }
        .cut { fill: none; stroke: var(--surface); stroke-width: 1.7; stroke-linecap: round; }
        table { width: 100%; border-collapse: collapse; background: var(--surface); border: 1px solid var(--line);
          font-variant-numeric: tabular-nums; }
        th, td { text-align: left; padding: .42rem .9rem; font-weight: 400; vertical-align: middle; }
        thead th { color: var(--soft); font-size: .85rem; border-bottom: 1px solid var(--line); }
        tbody tr + tr > * { border-top: 1px solid color-mix(in srgb, var(--line) 55%, transparent); }
        .number { text-align: right; white-space: nowrap; width: 1%; }
        .bar-cell { width: 32%; }
        th .sign { margin-right: .55rem; }
        .bar { display: block; width: 100%; height: 8px; }
        .bar rect { fill: var(--tone); }
        .note { margin-top: .9rem; color: var(--soft); max-width: 46rem; }
        .note summary { cursor: pointer; color: var(--ink); }
        .note p { margin: .5rem 0 0; }
        .note b { color: var(--ink); }
        .clean { list-style: none; margin: .6rem 0 0; padding: 0; display: grid; gap: .25rem 1.25rem;
          grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); color: var(--ink); }
        .clean .sign { margin-right: .5rem; }

        """

    /// The findings.
    private static let findings = """
        .file { background: var(--surface); border: 1px solid var(--line); margin-top: 1.25rem; }
        h3 { margin: 0; padding: .8rem 1.25rem; font-size: 1.05rem; border-bottom: 1px solid var(--line); }
        .group { padding: 1.1rem 1.25rem 1.25rem; scroll-margin-top: 4rem; }
        .group + .group { border-top: 1px solid var(--line); }
        h4 { margin: 0; font-size: 1rem; font-weight: 400; display: flex; flex-wrap: wrap; gap: .2rem .55rem;
          align-items: center; }
        .severity { color: var(--tone); font-weight: 650; }
        .count { color: var(--soft); font-size: .85rem; border: 1px solid var(--line); border-radius: 1em;
          padding: 0 .55em; }
        .summary { margin: .2rem 0 0; color: var(--soft); }
        .group ul { list-style: none; margin: 0; padding: 0; }
        .group li { margin-top: .95rem; }
        .group li p { margin: 0; overflow-wrap: anywhere; }
        .message { font-weight: 600; margin: .5rem 0 0; white-space: pre-line; overflow-wrap: anywhere; }
        .place { font-size: .9rem; color: var(--soft); }
        .place a { color: inherit; white-space: nowrap; }
        .pointer { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .92em;
          margin-left: .6em; }
        li:target > .place { background: var(--wash); }
        pre { margin: .5rem 0 0; padding: .5rem 0; background: var(--code); border: 1px solid var(--line);
          font-size: .84rem; line-height: 1.55; overflow: hidden; }
        pre span { display: flex; padding-right: .8rem; }
        pre i { flex: none; width: 4.6em; padding-right: 1.2em; text-align: right; font-style: normal; color: var(--soft);
          user-select: none; }
        pre code { font-size: 1em; white-space: pre-wrap; min-width: 0; }
        pre .here { background: color-mix(in srgb, var(--wash) 42%, transparent); }
        pre .here i { color: var(--tone); font-weight: 700; }
        mark { background: var(--wash); color: inherit; box-shadow: 0 2px 0 var(--tone); }
        mark:empty { border-left: 2px solid var(--tone); }
        .group li .help { margin-top: .5rem; color: var(--good); }
        .via { font-size: .9rem; color: var(--soft); }
        .more { margin-top: .9rem; }
        .more summary { cursor: pointer; color: var(--link); }

        """

    /// Small screens, and paper.
    private static let narrow = """
        @media (max-width: 44rem) {
          .beam { padding: 1.25rem 1rem; gap: 1rem; }
          .ring { width: 5.75rem; height: 5.75rem; }
          .sentence { font-size: 1rem; }
          main, footer { padding: 0 1rem; }
          html { scroll-padding-top: .5rem; }
          .filters { position: static; margin: 0 -1rem; padding: .5rem 1rem; }
          .filters legend { float: none; position: absolute; left: -100vw; }
          .filters fieldset { gap: .1rem 1rem; }
          .switch { min-height: 2rem; }
          .bar-cell { display: none; }
          th, td { padding: .5rem .45rem; }
          thead th:first-child, tbody th { padding-left: .7rem; }
          .files .number:last-child { display: none; }
          .file { margin-inline: -1rem; border-inline: 0; }
          h3, .group { padding-inline: 1rem; }
          pre { margin-inline: -1rem; border-inline: 0; font-size: .8rem; }
          pre i { width: 3.8em; padding-right: .9em; }
          .pointer { display: block; margin-left: 0; }
        }
        @media print {
          .filters, .skip { display: none; }
          .beam { background: none; color: #000; }
          .group li, tr { break-inside: avoid; }
        }
        """
}
