"""Addresses of sign-in, devices and privacy, below /account/."""

from django.urls import path

from masthead.readers import views

urlpatterns = [
    path("sign-in/", views.ask, name="sign-in"),
    path("sign-in/code/", views.code, name="sign-in-code"),
    path("sign-in/again/", views.again, name="sign-in-again"),
    path("sign-in/<str:token>/", views.link, name="sign-in-link"),
    path("sign-out/", views.out, name="sign-out"),
    path("address/<str:token>/", views.address, name="address-change"),
    path("devices/", views.list_devices, name="devices"),
    path("devices/others/end/", views.end_others, name="devices-end-others"),
    path("devices/<int:pk>/end/", views.end_device, name="device-end"),
    path("privacy/", views.your_data, name="privacy"),
    path("privacy/export/", views.export, name="privacy-export"),
    path("privacy/erase/", views.erase, name="privacy-erase"),
]
