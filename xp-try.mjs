const F=(await import('fontoxpath')).default; const sd=await import('slimdom');
const doc=sd.parseXmlDocument('<a><b id="1">x</b><b id="2">y<c/></b><n>10</n></a>');
const L={language:F.evaluateXPath.XPATH_3_1_LANGUAGE};
const time=(q)=>{const b=performance.now();let r;try{r=F.evaluateXPath(q,doc,null,{},F.evaluateXPath.ALL_RESULTS_TYPE,L)}catch(e){r=e.message.slice(0,80)}console.log(q.slice(0,60),JSON.stringify(r)?.slice(0,80),(performance.now()-b).toFixed(0)+'ms')};
time('replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaa!","^(a+)+$","b")'); time('tokenize("aaaaaaaaaaaaaaaaaaaaaaaaaaaaa!","^(a+)+$")'); time('matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaa!","^(a+)+$")'); time('analyze-string("aaaaaaaaaaaaaaaaaaaaaaaaaaa!","^(a+)+$")');
const ast=F.parseScript('contains(//b,"x") and //n > "5"',{...L,annotateAst:false},new sd.Document());
console.log(new sd.XMLSerializer().serializeToString(ast));
try{console.log(F.evaluateXPath(ast,doc,null,{},F.evaluateXPath.ALL_RESULTS_TYPE,L))}catch(e){console.log(e.message.slice(0,200))}
const ast2=F.parseScript('contains(head(//b),"x") and (//n ! number(.)) > ("5" ! number(.))',{...L,annotateAst:false},new sd.Document());
console.log(new sd.XMLSerializer().serializeToString(ast2));
try{console.log(F.evaluateXPath(ast2,doc,null,{},F.evaluateXPath.ALL_RESULTS_TYPE,L))}catch(e){console.log(e.message.slice(0,200))}
let n=0; const f={getAllAttributes:(x)=>{n++;return x.attributes??[]},getAttribute:(x,a)=>{n++;return x.getAttribute?x.getAttribute(a):null},getChildNodes:x=>{n++;return x.childNodes},getData:x=>{n++;return x.data??x.value??''},getFirstChild:x=>{n++;if(n>50)throw new Error('OOW');return x.firstChild},getLastChild:x=>{n++;return x.lastChild},getNextSibling:x=>{n++;return x.nextSibling},getParentNode:x=>{n++;return x.parentNode},getPreviousSibling:x=>{n++;return x.previousSibling}};
try{console.log(F.evaluateXPath('count(//*[count(//*)>2][@id])',doc,f,{},F.evaluateXPath.ALL_RESULTS_TYPE,L),n)}catch(e){console.log('threw',e.message,n)}
const big='<a>'+'<b><c>1</c></b>'.repeat(100000)+'</a>'; let b=performance.now(); const bd=sd.parseXmlDocument(big); console.log('parse 1.6MB',performance.now()-b); b=performance.now(); console.log(F.evaluateXPath('count(//c[. = "1"])',bd,null,{},F.evaluateXPath.ALL_RESULTS_TYPE,L), performance.now()-b);
console.log(bd.documentElement.lookupNamespaceURI(null), sd.parseXmlDocument('<a xmlns="u"><b/></a>').lookupNamespaceURI(null), sd.parseXmlDocument('<a xmlns="u"><b/></a>').lookupNamespaceURI(''));
for (const x of ['<a>','<a/><b/>','not xml','']) try{sd.parseXmlDocument(x)}catch(e){console.log(e.constructor.name, e.message.slice(0,120))}
