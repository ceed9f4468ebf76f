import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// What the router is asked with: which pictures the encoder sees and how their embeddings become one query
/// (docs/method.md; the patch-token modes don't fit the released projection and are refused by name).
public enum QueryMode: String, NamedChoice {
  /// [e(a), e(a′), e(b)] side by side, the published one.
  case concatenated = "cat-aa'b"
  /// e(a′) − e(a)
  case difference = "ca'-ca"
  /// e(a′) − e(a) + e(b)
  case differencePlusB = "ca'-ca+cb"
  /// e of the whole canvas.
  case canvas = "aa'bb'"
  /// The same under the name with a class token.
  case canvasClass = "caa'bb'"
  /// e of the canvas with its last quarter black.
  case canvasWithoutLast = "caa'b"
  /// e of the canvas's upper half.
  case topRow = "caa'"

  /// A part of the canvas [a a′; b b] that the encoder sees.
  public enum View: String, Sendable { case a, aPrime, b, canvas, canvasWithoutLast, topRow }

  /// The pictures to encode, in order.
  public var views: [View] {
    switch self {
    case .concatenated, .differencePlusB: [.a, .aPrime, .b]
    case .difference: [.a, .aPrime]
    case .canvas, .canvasClass: [.canvas]
    case .canvasWithoutLast: [.canvasWithoutLast]
    case .topRow: [.topRow]
    }
  }

  /// The query's width for embeddings of that width.
  public func queryWidth(embedding width: Int) -> Int { self == .concatenated ? views.count * width : width }

  /// The embedding's width for a query of that width; nil if it can't be one of this mode's.
  public func embeddingWidth(query width: Int) -> Int? {
    let parts = self == .concatenated ? views.count : 1
    return width.isMultiple(of: parts) ? width / parts : nil
  }

  /// Embeddings of `views` [n, E] to one query [1, Q].
  public func query(from embeddings: Tensor) -> Tensor {
    func e(_ index: Int) -> Tensor { embeddings.narrowed(0, from: index, count: 1) }
    return switch self {
    case .concatenated: embeddings.reshaped([1, -1])
    case .difference: e(1) - e(0)
    case .differencePlusB: e(1) - e(0) + e(2)
    case .canvas, .canvasClass, .canvasWithoutLast, .topRow: e(0)
    }
  }

  /// Whether a name is one of the paper's modes of patch tokens: as those of a class token, with p for c.
  static func isOfPatches(_ name: String) -> Bool {
    let mode = name.hasPrefix("cat-") ? String(name.dropFirst(4)) : name
    return allCases.contains { $0.rawValue.hasPrefix("c") && $0.rawValue.replacing("c", with: "p") == mode }
  }

  /// The mode of that name.
  /// - Throws: `AdapterError.unknownQueryMode`, also for the patch-token modes.
  public init(named name: String) throws {
    guard let mode = QueryMode(rawValue: name) else { throw AdapterError.unknownQueryMode(name) }
    self = mode
  }
}

extension QueryMode.View {
  /// This part of the canvas [a a′; b b], as the router's encoder sees it when editing and when training.
  /// - Parameter crops: where a, a′ and b lie on the canvas.
  /// - Throws: `PicturesError` for crops that aren't on the canvas.
  public func picture(of canvas: Picture, crops: [PictureRectangle]) throws -> Picture {
    switch self {
    case .a: return try canvas.cropped(to: crops[0])
    case .aPrime: return try canvas.cropped(to: crops[1])
    case .b: return try canvas.cropped(to: crops[2])
    case .canvas: return canvas
    case .canvasWithoutLast:
      var pixels = canvas.pixels
      for y in canvas.height / 2..<canvas.height {
        let row = (y * canvas.width + canvas.width / 2) * Picture.channels..<(y + 1) * canvas.width * Picture.channels
        pixels.replaceSubrange(row, with: repeatElement(0, count: row.count))
      }
      return try Picture(width: canvas.width, height: canvas.height, pixels: pixels, alpha: canvas.alpha)
    case .topRow:
      return try canvas.cropped(to: PictureRectangle(x: 0, y: 0, width: canvas.width, height: canvas.height / 2))
    }
  }
}
