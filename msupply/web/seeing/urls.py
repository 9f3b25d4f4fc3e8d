"""The addresses of the pages that show how synchronisation is doing."""

from django.urls import path

from msupply.web.seeing import country_map, footer, site_page, sync_report, where_is

urlpatterns = [
    path("synchronisation/footer", footer.footer, name="sync-footer"),
    path("sync-report/", sync_report.page, name="sync-report"),
    path("sync-report/export.<str:form>", sync_report.export, name="sync-report-export"),
    path("sites/<int:number>/", site_page.page, name="site-page"),
    path("sites/<int:number>/retry", site_page.retry, name="site-retry"),
    path("map/", country_map.page, name="country-map"),
    path("where-is/<slug:type_name>/<path:record_id>", where_is.page, name="where-is"),
]
