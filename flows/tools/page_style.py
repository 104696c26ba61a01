"""How the printed questionnaire looks: on a phone, on a screen and on A4."""

STYLE = """\
:root { color-scheme: light; }
* { box-sizing: border-box; }
html { font-size: 17px; }
body { margin: 0; background: #fff; color: #1c1c1c;
  font: 1rem/1.5 "Noto Sans", "DejaVu Sans", system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 1rem 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; break-after: avoid; }
h3 { font-size: 1.05rem; margin: 0 0 .4rem; break-after: avoid; }
p { margin: .4rem 0; }
code { font: .85em "DejaVu Sans Mono", ui-monospace, monospace; color: #444; }
a { color: #1f4e8c; }
.banner { border: 2px solid #8c1f1f; padding: .5rem .8rem; margin: 0; }
.also { font-size: 1.2rem; margin: 0; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr));
  gap: .3rem 1rem; margin: .8rem 0; }
.facts dt { font-size: .8rem; color: #555; }
.facts dd { margin: 0; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #999; padding: .35rem .5rem; text-align: left; vertical-align: top;
  overflow-wrap: normal; }
tbody th { font-weight: normal; }
td a { white-space: nowrap; }
.step { border: 1px solid #bbb; border-left: .4rem solid #888; padding: .7rem .9rem;
  margin: .9rem 0; break-inside: avoid; }
.step.permission, .step.detail, .step.fork { border-left-color: #8a6100; background: #fffaf0; }
.step.section { border-left-color: #8c1f1f; }
.step.review { border-left-color: #1f6b1f; }
.kind { font-weight: normal; margin-left: .4rem; }
h3 > code { font-weight: normal; float: right; }
.when { background: #eef3fa; padding: .3rem .6rem; }
blockquote { margin: .5rem 0; font-size: 1.1rem; }
blockquote p { margin: .3rem 0; }
.hint { font-size: 1rem; color: #444; }
ol { margin: .4rem 0; padding-inline-start: 1.8rem; }
li { margin: .15rem 0; }
.names { list-style: none; font-style: italic; color: #444; }
.mark { font-size: .8rem; border: 1px solid #8a6100; border-radius: .3rem; padding: 0 .35rem;
  white-space: nowrap; }
.consequence { font-size: .9rem; color: #444; }
.overruled { border: 1px dashed #8c1f1f; padding: .3rem .6rem; }
.languages.n2 { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
.languages.n3 { display: grid; grid-template-columns: 1fr 1fr 1fr; gap: .8rem; }
.signatures { break-inside: avoid; }
.signatures td { height: 2.6rem; }
@media (max-width: 36rem) {
  html { font-size: 16px; }
  .languages.n2, .languages.n3 { grid-template-columns: 1fr; gap: .3rem; }
  .kind { display: block; margin-left: 0; }
  h3 > code { float: none; }
}
@page { size: A4; margin: 16mm 15mm; }
@media print {
  html { font-size: 10.5pt; }
  main { max-width: none; padding: 0 2px; }
  a { color: inherit; text-decoration: none; }
  .step.permission, .step.detail, .step.fork, .when { background: none; }
  .when { border-left: 2px solid #1f4e8c; }
}
"""
