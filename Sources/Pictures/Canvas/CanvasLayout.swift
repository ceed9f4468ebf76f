import Foundation

extension CanvasPlan {
  /// The sizes a rule leads to.
  struct Layout {
    var tile: PictureSize
    var canvas: PictureSize
    var context: PictureSize
    var target: PictureSize
    var crops: [PictureRectangle]
    var filter: ResamplingFilter

    init(squareTile side: Int) throws {
      guard side >= CanvasPlan.token, side.isMultiple(of: CanvasPlan.token), side <= 8192 else {
        throw PicturesError.noCanvas(
          reason: "a square tile must be a multiple of \(CanvasPlan.token) up to 8192 pixels but is \(side)")
      }
      self.init(tokenTile: PictureSize(width: side, height: side))
    }

    /// The tile nearest to b's aspect, as large as `area` allows, sides multiples of a token.
    init(aspectOf b: PictureSize, area: Int) throws {
      let smallest = 4 * CanvasPlan.token * CanvasPlan.token
      guard area >= smallest, area <= Picture.largestResize else {
        throw PicturesError.noCanvas(reason: "its area must be \(smallest) to \(Picture.largestResize) pixels but is \(area)")
      }
      let aspect = min(max(b.aspect, 1 / CanvasPlan.largestAspect), CanvasPlan.largestAspect)
      let tiles = Double(area) / 4
      let token = Double(CanvasPlan.token)
      // Rounding each side down would lose up to a token and bend the aspect; so each height is tried with its best width.
      var best: (size: PictureSize, cost: Double)?
      let ideal = (tiles / aspect).squareRoot() / token
      for rows in max(1, Int(ideal) - 2)...max(1, Int(ideal) + 1) {
        for columns in [Int((Double(rows) * aspect).rounded(.down)), Int((Double(rows) * aspect).rounded(.up))] {
          let size = PictureSize(width: max(1, columns) * CanvasPlan.token, height: rows * CanvasPlan.token)
          let used = Double(size.width * size.height) / tiles
          guard used <= 1 else { continue }
          let cost = 2 * abs(log(size.aspect / aspect)) - log(used)
          if best.map({ cost < $0.cost }) ?? true { best = (size, cost) }
        }
      }
      self.init(tokenTile: best?.size ?? PictureSize(width: CanvasPlan.token, height: CanvasPlan.token))
    }

    /// Context and target are the canvas itself: nothing is resized twice, quarters begin at whole tokens.
    private init(tokenTile tile: PictureSize) {
      let canvas = PictureSize(width: 2 * tile.width, height: 2 * tile.height)
      (self.tile, self.canvas, context, target, filter) = (tile, canvas, canvas, canvas, .lanczos)
      crops = [(0, 0), (tile.width, 0), (0, tile.height)].map {
        PictureRectangle(x: $0.0, y: $0.1, width: tile.width, height: tile.height)
      }
    }

    init(compatibleWith a: PictureSize, maxSize: Int?) throws {
      var canvas = PictureSize(width: 2 * a.width, height: 2 * a.height)
      guard let pixels = canvas.pixelCount, pixels <= Picture.largestResize else {
        throw PicturesError.noCanvas(reason: "the published rule would make it \(canvas), larger than can be worked with")
      }
      if let maxSize, maxSize < 2 * CanvasPlan.token {
        throw PicturesError.noCanvas(reason: "its long side must be at least \(2 * CanvasPlan.token) pixels but is \(maxSize)")
      }
      if let maxSize, max(canvas.width, canvas.height) > maxSize {
        // Integer divisions as in the reference: int(h * max_size / w) over the tile's sides.
        canvas =
          a.width > a.height
          ? PictureSize(width: maxSize, height: a.height * maxSize / a.width)
          : PictureSize(width: a.width * maxSize / a.height, height: maxSize)
      }
      let cut = canvas.width / 2
      guard canvas.width > 1, canvas.height > cut else {
        throw PicturesError.noCanvas(
          reason: "the published rule cuts a \(canvas) canvas at \(cut) on both axes, which leaves nothing of b; "
            + "use pictures less than twice as wide as high, or the default rule")
      }
      (tile, self.canvas, filter) = (a, canvas, .bicubic)
      context = Kontext.contextSize(for: canvas)
      target = Kontext.targetSize(for: canvas)
      crops = [
        PictureRectangle(x: 0, y: 0, width: cut, height: cut),
        PictureRectangle(x: cut, y: 0, width: canvas.width - cut, height: cut),
        PictureRectangle(x: 0, y: cut, width: cut, height: canvas.height - cut),
      ]
    }
  }
}
