/// How three pictures become the 2×2 canvas a model sees, and how its painting becomes a picture of b's own size and framing.
///
/// A pure value: the editor, the trainer and the data tools all lay out through it, and a recipe can carry it. The canvas is
///
///     a | a'
///     --+---        the lower right quarter is b in the context, b' in the painting
///     b | b
///
/// b is never cropped: whatever is done to it is undone by `restored(_:)`.
public struct CanvasPlan: Codable, Hashable, Sendable {
  /// How the size of a tile, a quarter of the canvas, is chosen.
  public enum Rule: Codable, Hashable, Sendable {
    /// Square tiles of a model trained on nothing else: every picture is stretched to the tile (Pillow Lanczos), b' back.
    case fixedSquare(tile: Int)
    /// Tiles of b's own aspect with at most a quarter of `area` pixels, sides whole tokens of the model.
    /// a and a' are stretched by at most `CanvasPlan.largestStretch`, what is beyond is cropped from their middle.
    case aspect(area: Int)
  }

  public let rule: Rule
  public let a: PictureSize
  public let aPrime: PictureSize
  /// Size of the picture b, and of the result.
  public let b: PictureSize
  /// The part of a that is shown.
  public let aCrop: PictureRectangle
  /// The part of a' that is shown: the same share as of a.
  public let aPrimeCrop: PictureRectangle
  public let tile: PictureSize

  /// Size of the canvas: of what is composed, of what goes through the autoencoder as context and of what the model paints.
  public var canvas: PictureSize { PictureSize(width: 2 * tile.width, height: 2 * tile.height) }
  /// Where the encoder's a, a' and b lie on the canvas.
  public var crops: [PictureRectangle] { [quarter(0, 0), quarter(1, 0), quarter(0, 1)] }
  /// Where b' lies in the painting: the lower right quarter.
  public var paintedQuarter: PictureRectangle { quarter(1, 1) }

  /// How much a and a' may be stretched on one axis to take b's aspect; cropping begins beyond it. The published training
  /// stretched all of them without a limit, so a little is what models know, and a frame or border in a' survives it.
  public static let largestStretch = 1.25
  /// Tiles longer than this times their other side are not made: b is stretched beyond.
  public static let largestAspect = 4.0
  /// Pictures longer than this times their other side are refused.
  public static let absurdAspect = 20.0

  /// - Parameter token: side in pixels of the square that a token of the model stands for; tiles are whole tokens.
  /// - Throws: `PicturesError.badSize` or `.noCanvas` for sizes no canvas can be made of.
  public init(a: PictureSize, aPrime: PictureSize, b: PictureSize, rule: Rule, token: Int) throws {
    for (name, size) in [("a", a), ("a'", aPrime), ("b", b)] { try Self.check(size, named: name) }
    tile = try rule.tile(for: b, token: token)
    let shown: Share =
      if case .aspect = rule { Share(of: a, nearing: tile.aspect, stretch: Self.largestStretch) } else { .whole }
    (self.rule, self.a, self.aPrime, self.b) = (rule, a, aPrime, b)
    (aCrop, aPrimeCrop) = (shown.rectangle(in: a), shown.rectangle(in: aPrime))
  }

  private func quarter(_ column: Int, _ row: Int) -> PictureRectangle {
    PictureRectangle(x: column * tile.width, y: row * tile.height, width: tile.width, height: tile.height)
  }

  private static func check(_ size: PictureSize, named name: String) throws {
    guard let count = size.pixelCount, count <= Picture.largestResize else { throw PicturesError.badSize(size) }
    guard size.aspect <= absurdAspect, size.aspect >= 1 / absurdAspect else {
      throw PicturesError.noCanvas(
        reason: "\(name) is \(size), longer than \(Int(absurdAspect)) times its other side; crop it first")
    }
  }
}

/// The centred part of a picture that is shown, as shares of its sides.
struct Share: Equatable {
  var width = 1.0
  var height = 1.0

  static let whole = Share()
  private init() {}

  /// As much of a picture of `size` as can be shown at `aspect` when it may be stretched by up to `stretch`.
  init(of size: PictureSize, nearing aspect: Double, stretch: Double) {
    let excess = size.aspect / aspect
    if excess > stretch { width = stretch / excess }
    if excess < 1 / stretch { height = excess * stretch }
  }

  func rectangle(in size: PictureSize) -> PictureRectangle {
    let shown = PictureSize(
      width: max(1, Int((Double(size.width) * width).rounded())), height: max(1, Int((Double(size.height) * height).rounded())))
    return PictureRectangle(
      x: (size.width - shown.width) / 2, y: (size.height - shown.height) / 2, width: shown.width, height: shown.height)
  }
}
