import Foundation

/// Numbers as SVG figures.
enum Curve {
  private static let (width, height, left, top, bottom) = (460.0, 190.0, 58.0, 8.0, 168.0)
  /// More points than a figure has columns are thinned to means.
  private static let mostPoints = 400

  /// Values over steps; what isn't finite is left out.
  /// - Parameter isSmoothed: whether a moving mean is drawn over the points, which are then pale.
  static func line(_ title: String, _ all: [(step: Int, value: Double)], isSmoothed: Bool = false) -> String {
    let points = thinned(all.filter { $0.value.isFinite })
    guard let first = points.first, let last = points.last else { return "" }
    let values = points.map(\.value)
    let (low, high) = (values.min() ?? 0, values.max() ?? 0)
    func line(_ values: [Double], _ color: String) -> String {
      let list = zip(points, values).map { point, value in
        let x = last.step == first.step ? 0.5 : Double(point.step - first.step) / Double(last.step - first.step)
        let y = high == low ? 0.5 : (value - low) / (high - low)
        return String(format: "%.1f,%.1f", left + x * (width - left - 8), top + (1 - y) * (bottom - top))
      }.joined(separator: " ")
      return #"<polyline fill="none" stroke="\#(color)" stroke-width="1.5" points="\#(list)"/>"#
    }
    var mean = first.value
    let smooth = values.map { value in
      mean = mean * 0.9 + value * 0.1
      return mean
    }
    let lines = isSmoothed ? line(values, "#c8d4e8") + line(smooth, "#1f4e9c") : line(values, "#1f4e9c")
    return figure(
      title,
      """
      <path d="M\(left) \(top)V\(bottom)H\(width)" fill="none" stroke="#ccc"/>\(lines)
      \(label(short(high), left - 6, top + 8, "end"))\(label(short(low), left - 6, bottom, "end"))
      \(label("\(first.step)", left, height - 6, "start"))\(label("\(last.step)", width - 8, height - 6, "end"))
      """)
  }

  /// Heights as bars, such as each LoRA's share, with a line at `even`.
  static func bars(_ title: String, _ values: [Double], even: Double) -> String {
    let highest = max(values.max() ?? 0, even, .leastNormalMagnitude)
    let step = (width - left) / Double(max(values.count, 1))
    func y(_ value: Double) -> Double { top + (1 - value / highest) * (bottom - top) }
    let bars = values.enumerated().map { index, value in
      String(
        format: ##"<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="#1f4e9c"/>"##,
        left + Double(index) * step, y(value), step * 0.8, bottom - y(value))
    }
    let line = ##"<path d="M\##(left) \##(y(even))H\##(width)" stroke="#b00020" stroke-dasharray="4 3"/>"##
    return figure(title, bars.joined() + line + label(short(even), left - 6, y(even) + 4, "end"))
  }

  private static func figure(_ title: String, _ content: String) -> String {
    let title = HTMLPage.escaped(title)
    return """
      <figure><figcaption>\(title)</figcaption>
      <svg width="\(Int(width))" height="\(Int(height))" role="img" aria-label="\(title)">\(content)</svg></figure>
      """
  }

  private static func label(_ text: String, _ x: Double, _ y: Double, _ anchor: String) -> String {
    ##"<text x="\##(x)" y="\##(y)" text-anchor="\##(anchor)" font-size="11" fill="#666">\##(text)</text>"##
  }

  private static func thinned(_ points: [(step: Int, value: Double)]) -> [(step: Int, value: Double)] {
    let size = max((points.count + mostPoints - 1) / mostPoints, 1)
    return stride(from: 0, to: points.count, by: size).map { start in
      let group = points[start..<min(start + size, points.count)]
      return (group[start].step, group.reduce(0) { $0 + $1.value } / Double(group.count))
    }
  }

  private static func short(_ value: Double) -> String { String(format: "%.3g", value) }
}
