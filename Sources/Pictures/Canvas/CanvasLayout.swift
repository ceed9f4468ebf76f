import Foundation

extension CanvasPlan.Rule {
  /// The size of a quarter: whole tokens, so that each begins at one.
  func tile(for b: PictureSize, token: Int) throws -> PictureSize {
    guard token > 0 else { throw PicturesError.noCanvas(reason: "a token of \(token) pixels covers nothing") }
    switch self {
    case .fixedSquare(let side):
      guard side >= token, side.isMultiple(of: token), side <= 8192 else {
        throw PicturesError.noCanvas(reason: "a square tile must be a multiple of \(token) up to 8192 pixels but is \(side)")
      }
      return PictureSize(width: side, height: side)
    case .aspect(let area):
      let smallest = 4 * token * token
      guard area >= smallest, area <= Picture.largestResize else {
        throw PicturesError.noCanvas(reason: "its area must be \(smallest) to \(Picture.largestResize) pixels but is \(area)")
      }
      return Self.tile(aspectOf: b, pixels: Double(area) / 4, token: token)
    }
  }

  /// The tile nearest to b's aspect, as large as `pixels` allows.
  private static func tile(aspectOf b: PictureSize, pixels: Double, token: Int) -> PictureSize {
    let aspect = min(max(b.aspect, 1 / CanvasPlan.largestAspect), CanvasPlan.largestAspect)
    // Rounding each side down would lose up to a token and bend the aspect; so each height is tried with its best width.
    var best: (size: PictureSize, cost: Double)?
    let ideal = (pixels / aspect).squareRoot() / Double(token)
    for rows in max(1, Int(ideal) - 2)...max(1, Int(ideal) + 1) {
      for columns in [Int((Double(rows) * aspect).rounded(.down)), Int((Double(rows) * aspect).rounded(.up))] {
        let size = PictureSize(width: max(1, columns) * token, height: rows * token)
        let used = Double(size.width * size.height) / pixels
        guard used <= 1 else { continue }
        let cost = 2 * abs(log(size.aspect / aspect)) - log(used)
        if best.map({ cost < $0.cost }) ?? true { best = (size, cost) }
      }
    }
    return best?.size ?? PictureSize(width: token, height: token)
  }
}
