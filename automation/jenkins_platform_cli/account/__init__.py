"""What the commands do in the AWS account itself."""
