/// The style of all pages: light and dark by the reader's system or choice, a phone's width, print.
enum PortalStyle {
    /// The style sheet.
    static let text = """
        :root{--bg:#fff;--fg:#1c2330;--soft:#5a6474;--line:#e3e7ee;--card:#f7f9fc;--accent:#1a5fb4;--code:#f2f5fa;--warn:#8a4b00;--warnbg:#fff4e0;\
        --must:#a3243b;--get:#0b6e4f;--post:#1a5fb4;--put:#8a4b00;--patch:#6b3fa0;--delete:#a3243b;--other:#4a5464;color-scheme:light}
        @media(prefers-color-scheme:dark){:root:not([data-theme=light]){--bg:#12161d;--fg:#e4e9f2;--soft:#a2adbd;--line:#2a3240;--card:#1a202a;\
        --accent:#84b6f4;--code:#1c2430;--warn:#f0b866;--warnbg:#33270f;--must:#f28a9b;--get:#5fc9a0;--post:#84b6f4;--put:#f0b866;--patch:#c3a2ee;\
        --delete:#f28a9b;--other:#a2adbd;color-scheme:dark}}
        :root[data-theme=dark]{--bg:#12161d;--fg:#e4e9f2;--soft:#a2adbd;--line:#2a3240;--card:#1a202a;--accent:#84b6f4;--code:#1c2430;--warn:#f0b866;\
        --warnbg:#33270f;--must:#f28a9b;--get:#5fc9a0;--post:#84b6f4;--put:#f0b866;--patch:#c3a2ee;--delete:#f28a9b;--other:#a2adbd;color-scheme:dark}
        *{box-sizing:border-box}html{scroll-padding-top:4.5rem}
        body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
        a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}p a,li p a,dd a{text-decoration:underline}
        :focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
        code,pre,textarea,.request{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9em}
        pre{background:var(--code);border:1px solid var(--line);border-radius:8px;padding:.8rem 1rem;overflow:auto;max-height:28rem;line-height:1.45}
        p code,li code,dd code,td code{background:var(--code);border-radius:4px;padding:.1em .3em}
        h1{font-size:1.9rem;line-height:1.2;margin:.2rem 0 .6rem;letter-spacing:-.01em}h2{font-size:1.25rem;margin:2.2rem 0 .6rem}
        h3{font-size:1.05rem;margin:1.4rem 0 .4rem}h4,h5,h6{font-size:1rem;margin:1rem 0 .3rem}
        .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;z-index:9;background:var(--bg);padding:.3rem .6rem}
        header{position:sticky;top:0;z-index:5;background:var(--bg);border-bottom:1px solid var(--line)}
        .bar{display:flex;align-items:center;gap:.6rem;max-width:96rem;margin:0 auto;padding:.6rem 1.2rem}
        .home{font-weight:700;color:var(--fg);white-space:nowrap}.here{color:var(--fg);white-space:nowrap;overflow:hidden;text-overflow:ellipsis}.sep{color:var(--soft)}
        .find{position:relative;margin-left:auto;flex:0 1 22rem}
        input,textarea,select{width:100%;font-size:.95rem;color:var(--fg);background:var(--bg);border:1px solid var(--soft);border-radius:6px;padding:.4rem .6rem}
        ::placeholder{color:var(--soft);opacity:1}
        #found{position:absolute;right:0;width:min(34rem,92vw);max-height:70vh;overflow:auto;margin:.3rem 0 0;padding:.3rem;list-style:none;background:var(--bg);\
        border:1px solid var(--line);border-radius:8px;box-shadow:0 8px 30px rgba(0,0,0,.18)}
        #found li{padding:.35rem .5rem;border-radius:6px;cursor:pointer}#found li[aria-selected=true]{background:var(--card);outline:1px solid var(--accent)}
        #found small{display:block;color:var(--soft)}
        button,.button{font:inherit;font-size:.95rem;cursor:pointer;color:var(--fg);background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.35rem .8rem}
        form.try button{background:var(--accent);color:var(--bg);border-color:var(--accent);font-weight:600}
        .layout{display:flex;max-width:96rem;margin:0 auto;padding:0 1.2rem}
        nav{flex:0 0 17rem;position:sticky;top:3.6rem;align-self:flex-start;max-height:calc(100vh - 3.6rem);overflow:auto;padding:1.2rem 1rem 2rem 0;font-size:.92rem}
        nav ul{list-style:none;margin:0;padding:0}nav ul ul{margin:.2rem 0 .6rem}nav a{display:block;padding:.22rem .5rem;border-radius:6px;color:var(--fg)}
        nav a:hover{background:var(--card);text-decoration:none}nav a.group{font-weight:600}nav a[aria-current]{background:var(--card);box-shadow:inset 3px 0 var(--accent)}
        main{flex:1;min-width:0;padding:1.4rem 0 5rem}nav+main{padding-left:2rem;border-left:1px solid var(--line)}
        .lead{font-size:1.1rem;color:var(--soft);max-width:46rem}.version{font-size:.85rem;font-weight:400;color:var(--soft);border:1px solid var(--line);border-radius:99px;padding:.05rem .5rem}
        .cards{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:1rem}
        .card{display:flex;flex-wrap:wrap;gap:.3rem .6rem;align-items:center;height:100%;align-content:flex-start;color:var(--fg);background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.1rem 1.2rem}
        .card:hover{border-color:var(--accent);text-decoration:none}.card .words,.card .at{flex:1 0 100%;color:var(--soft);font-size:.93rem}.card strong{font-size:1.1rem}
        .list{list-style:none;padding:0;margin:.4rem 0;border:1px solid var(--line);border-radius:10px;overflow:hidden}.list li+li{border-top:1px solid var(--line)}
        .list a{display:block;padding:.5rem .8rem;color:var(--soft)}.list a:hover{background:var(--card);text-decoration:none}.list code{color:var(--fg);font-weight:600;background:none;margin-right:.4rem}
        .m{display:inline-block;min-width:3.9em;margin-right:.6em;font:700 .72rem/1.5 ui-monospace,monospace;text-align:center;border:1px solid currentColor;border-radius:4px;padding:0 .3em;color:var(--other)}
        .m-get,.m-head,.m-query{color:var(--get)}.m-post{color:var(--post)}.m-put{color:var(--put)}.m-patch{color:var(--patch)}.m-delete{color:var(--delete)}
        nav .m{min-width:0;border:0;padding:0;font-size:.66rem}
        .request{font-size:1.02rem;background:var(--code);border:1px solid var(--line);border-radius:8px;padding:.5rem .8rem}
        .warning{color:var(--warn);background:var(--warnbg);border-radius:8px;padding:.5rem .8rem;font-weight:600}
        .columns{display:grid;grid-template-columns:minmax(0,1fr) minmax(20rem,27rem);gap:2.2rem}.doing{position:sticky;top:4.5rem;align-self:start;max-height:calc(100vh - 5rem);overflow:auto}
        .chips{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.4rem}.chips li{font-size:.85rem;color:var(--soft);border:1px solid var(--line);border-radius:99px;padding:.05rem .7rem}
        .params{border-top:1px solid var(--line);margin:.4rem 0}.params dt{padding-top:.7rem}.params dd{margin:.1rem 0 0;padding-bottom:.7rem;border-bottom:1px solid var(--line)}
        .params p,.said p{margin:.25rem 0}.name{font-weight:600}code.name{background:none!important;padding:0!important}
        .must{color:var(--must);font-size:.82rem;font-weight:600}.what{color:var(--soft)}.limit,.mark{font-size:.82rem;color:var(--soft);border:1px solid var(--line);border-radius:4px;padding:0 .35em}
        .mark{color:var(--warn)}.values code{font-size:.82rem}.note{color:var(--soft);font-size:.9rem;margin:.6rem 0 .2rem}.said{color:var(--soft);font-size:.95rem}
        .tree{list-style:none;margin:.2rem 0;padding-left:.9rem;border-left:2px solid var(--line)}.tree li{padding:.3rem 0}
        details>summary{cursor:pointer}.media,.response,.snippets details{border:1px solid var(--line);border-radius:8px;padding:.45rem .8rem;margin:.5rem 0}
        .media>summary,.response>summary,.snippets summary{font-weight:600}.response>summary{font-weight:400}
        .status{font-family:ui-monospace,monospace;margin-right:.4rem}.s2{color:var(--get)}.s3{color:var(--post)}.s4{color:var(--put)}.s5{color:var(--delete)}
        .facts dt{font-weight:600}.facts dd{margin:0 0 .6rem}.actions{display:flex;gap:.5rem;flex-wrap:wrap}
        form.try{border:1px solid var(--line);border-radius:10px;padding:.2rem 1rem 1rem;margin-top:1rem}form.try h2{margin:.8rem 0}form.try label{display:block;margin:.5rem 0;font-size:.92rem;font-weight:600}
        form.try fieldset{border:1px solid var(--line);border-radius:8px;margin:.8rem 0}form.try legend{font-weight:600;font-size:.92rem;padding:0 .3rem}form.try small{font-weight:400;color:var(--soft)}.result{display:block}.result .good{color:var(--get)}.result .bad{color:var(--must)}
        blockquote{margin:.6rem 0;padding:.1rem 1rem;border-left:3px solid var(--line);color:var(--soft)}.wide{overflow:auto}table{border-collapse:collapse}th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left}
        .spark{vertical-align:middle;overflow:visible}.spark polyline{fill:none;stroke:var(--accent);stroke-width:1.5;stroke-linejoin:round}.spark .bad{stroke:var(--must)}
        td.number{text-align:right;font-variant-numeric:tabular-nums}.doing .insight{border:1px solid var(--line);border-radius:10px;padding:0 1rem 1rem;margin-top:1rem}.doing .insight h2{font-size:1.05rem;margin:1rem 0 .3rem}
        .findings{list-style:none;padding:0}.findings li{padding:.3rem 0;border-top:1px solid var(--line)}.findings small{color:var(--soft)}.severity.error{color:var(--must)}.severity.warning{color:var(--warn)}
        @media(max-width:75rem){.columns{grid-template-columns:minmax(0,1fr)}.doing{position:static;max-height:none}}
        @media(max-width:52rem){.layout{display:block}nav{position:static;max-height:14rem;padding:.8rem 0;border-bottom:1px solid var(--line)}nav+main{border:0;padding-left:0}.here,.sep{display:none}h1{font-size:1.5rem}.bar{padding:.6rem .9rem}.layout{padding:0 .9rem}}
        @media print{header,nav,.doing,.skip{display:none}details:not([open])>*{display:block}body{font-size:11pt}.columns{display:block}}
        @media(prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
        """

    /// The icon of browser tabs: a lintel on two posts.
    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="2" y="5" width="28" height="7" rx="1.5" fill="#1a5fb4"/>\
        <rect x="5" y="13" width="6" height="15" rx="1" fill="#84b6f4"/><rect x="21" y="13" width="6" height="15" rx="1" fill="#84b6f4"/></svg>
        """
}
