"""Why a feature has its verdict."""
