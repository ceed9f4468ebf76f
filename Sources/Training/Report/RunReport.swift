import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles

/// A run on one page, `report.html`: made of what lies in its folder, so that it can be written again at any time.
struct RunReport {
  /// So many of the latest paintings of a sample are shown.
  private static let mostPaintings = 6

  let folder: RunFolder
  let config: any RunSettings

  /// Writes the page whole, or throws and leaves the old one.
  func write() throws {
    let metrics = MetricsLog.metrics(folder)
    var page = HTMLPage(title: "Run \(folder.url.standardizedFileURL.lastPathComponent)")
    if let last = metrics.last {
      let pace = String(format: "%.2f", last.secondsPerStep)
      page.text("Step \(last.step) of \(config.steps), loss \(last.loss.formatted()), \(pace) s a step.")
    }
    addCurves(metrics, to: &page)
    try addSamples(to: &page)
    page.text("Settings", "h2")
    page.text(try config.readableText(), "pre")
    try page.write(to: folder.url.appending(path: "report.html"))
  }

  private func addCurves(_ metrics: [TrainingMetrics], to page: inout HTMLPage) {
    func curve(_ title: String, isSmoothed: Bool = false, _ value: (TrainingMetrics) -> Double?) {
      let points = metrics.compactMap { line in value(line).map { (line.step, $0) } }
      page.add(Curve.line(title, points, isSmoothed: isSmoothed))
    }
    page.text("Curves", "h2")
    curve("Loss", isSmoothed: true, \.loss)
    curve("Learning rate", \.learningRate)
    curve("Gradients' norm before clipping", isSmoothed: true, \.gradientNorm)
    for name in Set(metrics.flatMap { $0.measured.map { Array($0.keys) } ?? [] }).sorted() {
      curve("Measured: \(name)") { $0.measured?[name] }
    }
    guard let last = metrics.last, let shares = last.shares, let silent = last.silent, shares.count > 1 else { return }
    let count = Double(shares.count)
    page.text("Routing", "h2")
    curve(String(format: "Entropy of the coefficients in nats (ln N = %.2f is even use)", log(count)), \.entropy)
    page.add(Curve.bars("Share of use of each LoRA, now", shares, even: 1 / count))
    page.text("\(silent) of layers × N never rose above 1 / (4 N).")
  }

  private func addSamples(to page: inout HTMLPage) throws {
    let isThere = FileManager.default.fileExists(atPath: folder.samples.path(percentEncoded: false))
    let names = isThere ? Set(try Folder.names(in: folder.samples)) : []
    let parts = names.compactMap { $0.wholeMatch(of: /(\d+)-(.+)\.jpg/) }
    let numbers = Set(parts.compactMap { Int($0.1) }).sorted()
    let steps = Set(parts.map { String($0.2) }.filter { $0.hasPrefix("step-") }).sorted().suffix(Self.mostPaintings)
    guard !numbers.isEmpty else { return }
    let rows = try numbers.map { number in
      try (SampleGallery.given + steps).map { column in
        let name = "\(number)-\(column).jpg"
        return names.contains(name) ? HTMLPage.image(try Data(contentsOf: folder.samples.appending(path: name)), column) : ""
      }
    }
    page.text("Samples", "h2")
    page.table(head: CheckResult.columns.prefix(4) + steps.map { "step \(Int($0.dropFirst(5)) ?? 0)" }, rows: rows)
  }
}
