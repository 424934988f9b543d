import type { TerraformComments } from '../../../../src/core/formats/terraform.ts';

/** Stands for the words of the user interface. */
export const terraformComments: TerraformComments = {
  provider: 'provider',
  replaces: 'replaces',
  cutUrl: 'cut URL',
  urlVariable: 'URL as returned',
  secretVariable: { required: 'secret required', url: 'secret of the URL', optional: 'secret unknown' },
  unknownType: 'unknown\ntype',
};
