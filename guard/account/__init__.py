"""A live account, through boto3."""
