/** The names of source descriptions MUST be unique in their document (Arazzo 1.1, Arazzo Object). */
import { below } from '../../diagnostics/place.ts';
import { repeated, type Rule } from '../rule.ts';

export const sourceNameDuplicate: Rule = (links, report) => {
  for (const { arazzo } of links.descriptions) {
    for (const { item, first } of repeated(arazzo.sourceDescriptions, (source) => source.name)) {
      report('ARZ032', below(item.at, 'name'), { name: item.name, first: below(first.at, 'name') });
    }
  }
};
