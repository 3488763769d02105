"""AccountGuard for the other Pulumi languages: `pulumi package add <repository>.git/plugin`."""

from guard.component.host import serve

if __name__ == "__main__":
    serve()
