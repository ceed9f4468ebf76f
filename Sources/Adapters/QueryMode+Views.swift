import LoRWeBPictures

extension QueryMode.View {
  /// This part of the canvas [a a′; b b], as the router's encoder sees it when editing and when training.
  ///
  /// - Parameter crops: where a, a′ and b lie on the canvas.
  /// - Throws: `PicturesError` for crops that aren't on the canvas.
  public func picture(of canvas: Picture, crops: [PictureRectangle]) throws -> Picture {
    switch self {
    case .a: return try canvas.cropped(to: crops[0])
    case .aPrime: return try canvas.cropped(to: crops[1])
    case .b: return try canvas.cropped(to: crops[2])
    case .canvas: return canvas
    case .canvasWithoutLast:
      let last = PictureRectangle(
        x: canvas.width / 2, y: canvas.height / 2, width: canvas.width - canvas.width / 2,
        height: canvas.height - canvas.height / 2)
      return try canvas.painted(last, with: RGB(0, 0, 0))
    case .topRow:
      return try canvas.cropped(to: PictureRectangle(x: 0, y: 0, width: canvas.width, height: canvas.height / 2))
    }
  }
}

extension Picture {
  /// The picture with a rectangle in one colour.
  fileprivate func painted(_ rectangle: PictureRectangle, with color: RGB) throws -> Picture {
    var pixels = pixels
    for y in rectangle.y..<rectangle.y + rectangle.height {
      for x in rectangle.x..<rectangle.x + rectangle.width {
        let start = (y * width + x) * Picture.channels
        (pixels[start], pixels[start + 1], pixels[start + 2]) = (color.red, color.green, color.blue)
      }
    }
    return try Picture(width: width, height: height, pixels: pixels, alpha: alpha)
  }
}
