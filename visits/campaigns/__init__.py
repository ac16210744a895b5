"""Campaigns (企业集中服务月)."""
