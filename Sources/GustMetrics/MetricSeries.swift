/// The values of a metric for one combination of dimensions.
protocol MetricSeries: AnyObject, Sendable {
    /// The samples at this moment.
    var samples: [MetricSample] { get }
}

/// One line of an exposition.
struct MetricSample {
    /// What follows the name of the family, such as `_bucket`.
    var suffix = ""
    /// The upper bound of a bucket; nil for other samples.
    var bound: Double?
    var value: Double
}
