import Foundation

/// Numbers over steps as an SVG figure.
struct Curve {
  let title: String
  /// Step and value; what isn't finite is left out.
  let points: [(step: Int, value: Double)]
  /// Whether a moving mean is drawn over the points, which are then pale.
  var isSmoothed = false

  private static let (width, height, left, bottom) = (460.0, 190.0, 58.0, 22.0)
  /// More points than a figure has columns are thinned to means.
  private static let mostPoints = 400

  var svg: String {
    let points = thinned(points.filter { $0.value.isFinite })
    guard let first = points.first, let last = points.last else { return "" }
    let values = points.map(\.value)
    let (low, high) = (values.min() ?? 0, values.max() ?? 0)
    func x(_ step: Int) -> Double {
      let share = last.step == first.step ? 0.5 : Double(step - first.step) / Double(last.step - first.step)
      return Self.left + share * (Self.width - Self.left - 8)
    }
    func y(_ value: Double) -> Double {
      let share = high == low ? 0.5 : (value - low) / (high - low)
      return 8 + (1 - share) * (Self.height - Self.bottom - 8)
    }
    func line(_ points: [(step: Int, value: Double)], _ color: String) -> String {
      let list = points.map { String(format: "%.1f,%.1f", x($0.step), y($0.value)) }.joined(separator: " ")
      return #"<polyline fill="none" stroke="\#(color)" stroke-width="1.5" points="\#(list)"/>"#
    }
    func label(_ text: String, _ x: Double, _ y: Double, _ anchor: String) -> String {
      ##"<text x="\##(x)" y="\##(y)" text-anchor="\##(anchor)" font-size="11" fill="#666">\##(text)</text>"##
    }
    let lines = isSmoothed ? line(points, "#c8d4e8") + line(smoothed(points), "#1f4e9c") : line(points, "#1f4e9c")
    let (base, top) = (Self.height - Self.bottom, 8.0)
    return """
      <figure><figcaption>\(HTMLPage.escaped(title))</figcaption>
      <svg width="\(Int(Self.width))" height="\(Int(Self.height))" role="img" aria-label="\(HTMLPage.escaped(title))">
      <path d="M\(Self.left) \(top)V\(base)H\(Self.width)" fill="none" stroke="#ccc"/>\(lines)
      \(label(Self.short(high), Self.left - 6, top + 8, "end"))\(label(Self.short(low), Self.left - 6, base, "end"))
      \(label("\(first.step)", Self.left, Self.height - 6, "start"))
      \(label("\(last.step)", Self.width - 8, Self.height - 6, "end"))
      </svg></figure>
      """
  }

  /// Heights as bars, such as each LoRA's share, with a line at `even`.
  static func bars(_ title: String, _ values: [Double], even: Double) -> String {
    let top = max(values.max() ?? 0, even, .leastNormalMagnitude)
    let step = (width - left) / Double(max(values.count, 1))
    func y(_ value: Double) -> Double { 8 + (1 - value / top) * (height - bottom - 8) }
    let bars = values.enumerated().map { index, value in
      String(
        format: ##"<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="#1f4e9c"/>"##,
        left + Double(index) * step, y(value), step * 0.8, height - bottom - y(value))
    }
    return """
      <figure><figcaption>\(HTMLPage.escaped(title))</figcaption>
      <svg width="\(Int(width))" height="\(Int(height))" role="img" aria-label="\(HTMLPage.escaped(title))">\(bars.joined())
      <path d="M\(left) \(y(even))H\(width)" stroke="#b00020" stroke-dasharray="4 3"/>
      <text x="\(left - 6)" y="\(y(even) + 4)" text-anchor="end" font-size="11" fill="#666">\(short(even))</text></svg></figure>
      """
  }

  private func smoothed(_ points: [(step: Int, value: Double)]) -> [(step: Int, value: Double)] {
    var mean = points.first?.value ?? 0
    return points.map { point in
      mean = mean * 0.9 + point.value * 0.1
      return (point.step, mean)
    }
  }

  private func thinned(_ points: [(step: Int, value: Double)]) -> [(step: Int, value: Double)] {
    let size = (points.count + Self.mostPoints - 1) / Self.mostPoints
    guard size > 1 else { return points }
    return stride(from: 0, to: points.count, by: size).map { start in
      let group = points[start..<min(start + size, points.count)]
      return (group[start].step, group.reduce(0) { $0 + $1.value } / Double(group.count))
    }
  }

  private static func short(_ value: Double) -> String { String(format: "%.3g", value) }
}
