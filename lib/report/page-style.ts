/** How the page of a report looks, in light and dark, on a screen and on paper. */

export const STYLE: string = `
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#59616b;--line:#c8ccd2;--raised:#f4f6f8;--strong:#1d4ed8;--good:#1a7f37;--warn:#8a5a00;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--paper:#15181c;--soft:#a4abb5;--line:#3c434c;--raised:#20252b;--strong:#8ab4f8;--good:#6cc684;--warn:#e0b15a;--bad:#f2938c}}
*{box-sizing:border-box}body{margin:0;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
main{max-width:1240px;margin:0 auto;padding:16px}h1{font-size:26px;margin:8px 0}h2{font-size:21px;margin:36px 0 8px;border-bottom:1px solid var(--line)}
h3{font-size:18px;margin:28px 0 8px}h4{font-size:15px;margin:20px 0 4px}h1,h2,h3,h4,p,li,figcaption{overflow-wrap:anywhere}p,ul{max-width:85ch}
a{color:var(--strong)}:focus-visible{outline:3px solid #2563eb;outline-offset:1px}
.table,.picture{overflow-x:auto;border:1px solid var(--line);border-radius:6px;margin:8px 0}.picture{background:var(--paper)}
table{border-collapse:collapse;font-size:13.5px;width:100%}th{text-align:left;background:var(--raised);font-weight:600;white-space:nowrap}
th,td{padding:5px 10px;border-top:1px solid var(--line);vertical-align:top}thead th{border-top:0}td{overflow-wrap:break-word;min-width:90px}td code{overflow-wrap:break-word}td:nth-child(n+3){max-width:420px}
code{font:0.92em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}p code,li code{overflow-wrap:anywhere}
pre{background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:8px 12px;overflow-x:auto;margin:6px 0}pre code{overflow-wrap:normal;white-space:pre}
.mark{font-weight:600;white-space:nowrap}.mark.good{color:var(--good)}.mark.warn{color:var(--warn)}.mark.bad{color:var(--bad)}.mark.quiet{color:var(--soft);font-weight:400}
figure{margin:12px 0}figcaption{color:var(--soft);font-size:13px}.heads{position:absolute}.picture svg{display:block;max-width:100%;height:auto}
svg text{font:13px system-ui,sans-serif;fill:var(--ink);text-anchor:middle;dominant-baseline:central}
.node rect,.node path{fill:var(--raised);stroke:var(--soft)}.node circle{fill:var(--ink)}.node .name{font-weight:600}
.node.strong rect,.node.strong path{stroke:var(--strong);stroke-width:2.2}.node.good rect,.node.good path{stroke:var(--good)}.node.bad rect,.node.bad path{stroke:var(--bad)}
.node.quiet rect,.node.quiet path{fill:none;stroke-dasharray:3 3}.node.good circle{fill:var(--good)}
.group,.frame{fill:none;stroke:var(--line);stroke-width:1.4}svg text.group-title,svg text.frame-title{text-anchor:start;fill:var(--soft);font-size:12px}
.arrow{fill:none;stroke:var(--soft);stroke-width:1.3}.arrow.dashed{stroke-dasharray:5 4}.arrow.strong{stroke:var(--strong);stroke-width:2.2}.arrow.good{stroke:var(--good)}.arrow.bad{stroke:var(--bad)}.arrow.quiet{stroke:var(--soft)}
.head{fill:var(--soft)}.head.strong{fill:var(--strong)}.head.good{fill:var(--good)}.head.bad{fill:var(--bad)}
.label rect,.said rect{fill:var(--paper);opacity:.88}.label text{font-size:12px;fill:var(--soft)}
.lane,.between{stroke:var(--line);fill:none}.between{stroke-dasharray:4 4}.said text{text-anchor:start;font-size:12px}.said.quiet text{fill:var(--soft)}.said.bad text{fill:var(--bad)}
.note rect{fill:var(--raised);stroke:var(--line)}.note text{text-anchor:start;font-size:12px}.note.good text{fill:var(--good)}.note.bad text{fill:var(--bad)}
@media(max-width:500px){main{padding:10px}h1{font-size:22px}}
@media print{.table,.picture{overflow:visible;border:0}.picture svg{min-width:0!important}h2,h3{break-after:avoid}figure,tr{break-inside:avoid}}
`.replaceAll('\n', '');
