import LoRWeBModels
import LoRWeBPictures

/// Which parts of the canvas there are at all while b' is painted: the fewer, the less work.
public enum CanvasLayout: String, NamedChoice {
  /// As published: all four quarters are painted, all four attended to, and b' is cut out of the painting.
  case full
  /// b' alone is painted, where it lies on the canvas, with all four quarters attended to.
  case quarter
  /// As `quarter` without the b below a. The other b must stay: models copy what lies at b's own place.
  case lean
  /// b' is painted with b alone attended to, both like pictures without a canvas; the pair acts through the basis only.
  case single

  /// What is painted and what is attended to.
  public func parts(of plan: CanvasPlan) -> CanvasParts {
    let (whole, bPrime) = (CanvasParts.Part(plan.canvas), CanvasParts.Part(plan.paintedQuarter))
    switch self {
    case .full: return CanvasParts(painted: whole, context: [whole])
    case .quarter: return CanvasParts(painted: bPrime, context: [whole])
    case .lean:
      let pair = CanvasParts.Part(PictureSize(width: plan.canvas.width, height: plan.tile.height))
      return CanvasParts(painted: bPrime, context: [pair, bPrime])
    case .single:
      let alone = CanvasParts.Part(plan.paintedQuarter, x: 0, y: 0)
      return CanvasParts(painted: alone, context: [CanvasParts.Part(plan.tile)])
    }
  }

  /// The picture whose latents are the context: the canvas, or b at the tile's size.
  /// - Throws: `PicturesError.wrongSize` if b isn't of the planned size.
  func encoded(_ canvas: Picture, b: Picture, _ plan: CanvasPlan) throws -> Picture {
    self == .single ? try plan.modelPicture(ofB: b) : canvas
  }

  /// b', still at the model's size, of what was painted and decoded.
  /// - Throws: `PicturesError.wrongSize` if the painting isn't the canvas's size.
  func bPrime(of painting: Picture, _ plan: CanvasPlan) throws -> Picture {
    self == .full ? try plan.bPrime(fromCanvas: painting) : painting
  }
}

/// What is painted of a canvas, and what is attended to of the pictures that are encoded; a plain value, in pixels.
public struct CanvasParts: Hashable, Sendable {
  /// A rectangle of a picture.
  public struct Part: Hashable, Sendable {
    public var area: PictureRectangle
    /// Where its upper left corner lies for the model.
    public var x, y: Int

    /// A part that lies where it is, or elsewhere for the model.
    public init(_ area: PictureRectangle, x: Int? = nil, y: Int? = nil) {
      (self.area, self.x, self.y) = (area, x ?? area.x, y ?? area.y)
    }

    /// A whole picture, or the upper left of one.
    public init(_ size: PictureSize) { self.init(PictureRectangle(x: 0, y: 0, width: size.width, height: size.height)) }

    /// Tokens of so many pixels squared.
    public func tokens(of side: Int) -> Int { area.width / max(side, 1) * (area.height / max(side, 1)) }
  }

  /// Of the canvas, whose noise and noise levels it has.
  public var painted: Part
  public var context: [Part]

  public init(painted: Part, context: [Part]) { (self.painted, self.context) = (painted, context) }

  /// Image tokens of so many pixels squared that there are.
  public func tokens(of side: Int) -> (painted: Int, context: Int) {
    (painted.tokens(of: side), context.reduce(0) { $0 + $1.tokens(of: side) })
  }
}
