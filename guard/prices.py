"""AWS list prices, in US dollars, us-east-1, read from stored copies of AWS's pages in November 2026."""

from dataclasses import dataclass

DATE = "2026-11"
REGION = "us-east-1"
CLOUDTRAIL = "https://aws.amazon.com/cloudtrail/pricing/"
CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/"


@dataclass(frozen=True, slots=True)
class Price:
    """What one `unit` costs; the first `free` units of a month are free, shared by the whole account."""

    amount: float
    unit: str
    free: float
    source: str

    def cost(self, quantity: float, *, free: bool = True) -> float:
        """US dollars for so many units, to the cent."""
        return round(max(0.0, quantity - (self.free if free else 0.0)) * self.amount, 2)


PRICES = {
    "alarm": Price(0.10, "alarm metric", 10, CLOUDWATCH),
    "metric": Price(0.30, "metric", 10, CLOUDWATCH),
    "dashboard": Price(3.00, "dashboard", 3, CLOUDWATCH),
    "ingestion": Price(0.50, "GB", 5, CLOUDWATCH),
    "log storage": Price(0.03, "GB-month", 5, CLOUDWATCH),
    "archive": Price(0.023, "GB-month", 0, "https://aws.amazon.com/s3/pricing/"),
    "key": Price(1.00, "key", 0, "https://aws.amazon.com/kms/pricing/"),
    "mail": Price(0.00002, "mail", 1000, "https://aws.amazon.com/sns/pricing/"),
    "management copy": Price(2.00, "100,000 events", 0, CLOUDTRAIL),
    "data events": Price(0.10, "100,000 events", 0, CLOUDTRAIL),
    "insights": Price(0.35, "100,000 events", 0, CLOUDTRAIL),
}

# Bytes of an event: the mean of 2,900 recorded ones as compact JSON, and what CloudWatch Logs adds to each.
EVENT_BYTES = 1261
LOG_OVERHEAD_BYTES = 26
# What is stored of a byte: both stores compress. Files of 10 to 200 recorded events gave 0.11 to 0.20.
COMPRESSED = 0.15
GB = 10**9
