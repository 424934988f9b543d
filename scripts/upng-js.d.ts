/** The part of upng-js that the script of the animated picture uses. */
declare module 'upng-js' {
  type Picture = { readonly width: number; readonly height: number };
  const upng: {
    decode(png: ArrayBuffer): Picture;
    /** The frames of a picture, each as RGBA. */
    toRGBA8(picture: Picture): ArrayBuffer[];
    /** `colors`: the most that all frames have together; 0 for all. `delays`: of each frame, in milliseconds. */
    encode(
      frames: readonly ArrayBuffer[],
      width: number,
      height: number,
      colors: number,
      delays?: readonly number[],
    ): ArrayBuffer;
  };
  export = upng;
}
