/**
 * The way from the XPath engine to the document, counted: a query over hostile XML ends with a reason instead of
 * hanging. Lists of children weigh more, because the engine searches them when it brings nodes into document order.
 */
import type { IDomFacade } from 'fontoxpath';
import { Attr, CharacterData, Element, Node, ProcessingInstruction } from 'slimdom';
import type { Work } from '../work.ts';

export function countingFacade(work: Work): IDomFacade {
  const counted =
    <T>(visit: (node: Node) => T) =>
    (node: unknown): T => {
      work.spend();
      return visit(node as Node);
    };
  // The engine's node types are structural and narrower than the parser's; both describe the same DOM.
  return {
    getAllAttributes: counted((node) => (node instanceof Element ? node.attributes : [])),
    getAttribute: (node: unknown, name: string) => counted((element) => attributeOf(element, name))(node),
    getChildNodes: counted((node) => childrenOf(node, work)),
    getData: counted((node) => dataOf(node, work)),
    getFirstChild: counted((node) => node.firstChild),
    getLastChild: counted((node) => node.lastChild),
    getNextSibling: counted((node) => node.nextSibling),
    getParentNode: counted((node) => node.parentNode),
    getPreviousSibling: counted((node) => node.previousSibling),
  } as unknown as IDomFacade;
}

function attributeOf(node: Node, name: string): string | null {
  return node instanceof Element ? node.getAttribute(name) : null;
}

function childrenOf(node: Node, work: Work): readonly Node[] {
  const children = node.childNodes;
  work.spend(Math.ceil(children.length / 200));
  return children;
}

function dataOf(node: Node, work: Work): string {
  const data = node instanceof Attr ? node.value : textOf(node);
  work.spend(Math.ceil(data.length / 100));
  return data;
}

function textOf(node: Node): string {
  return node instanceof CharacterData || node instanceof ProcessingInstruction ? node.data : '';
}
