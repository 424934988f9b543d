/** The bundle of export, import, copying and comparing, loaded on first use. */
export { createTransferModule as createTransfer } from './ui/transfer/module.ts';
