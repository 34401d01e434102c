"""The parts of the network, named once: importing them registers their routes and their functions for verbs."""

from collections.abc import Callable

from flask import Flask

from actors.node import Node
from flask_maillage.admin import applicants as admin_applicants
from flask_maillage.admin import deliveries as admin_deliveries
from flask_maillage.admin import federation as admin_federation
from flask_maillage.admin import foundings as admin_foundings
from flask_maillage.admin import members as admin_members
from flask_maillage.admin import partners as admin_partners
from flask_maillage.admin import reports as admin_reports
from flask_maillage.admin import standing_pages as admin_standing_pages
from flask_maillage.admin import territories as admin_territories
from flask_maillage.admin import topics as admin_topics
from flask_maillage.calls import claiming as calls_claiming
from flask_maillage.calls import committee as calls_committee
from flask_maillage.calls import copies as calls_copies
from flask_maillage.calls import declining as calls_declining
from flask_maillage.calls import departing as calls_departing
from flask_maillage.calls import exporting as calls_exporting
from flask_maillage.calls import file_views as calls_file_views
from flask_maillage.calls import giving as calls_giving
from flask_maillage.calls import handlers as calls_handlers
from flask_maillage.calls import places as calls_places
from flask_maillage.calls import private_files as calls_private_files
from flask_maillage.calls import receipts as calls_receipts
from flask_maillage.calls import reviewing as calls_reviewing
from flask_maillage.calls import seat_pages as calls_seat_pages
from flask_maillage.calls.afterwards import chores as calls_afterwards_chores
from flask_maillage.calls.afterwards import log_pages as calls_log_pages
from flask_maillage.calls.afterwards import statistics_pages as calls_statistics_pages
from flask_maillage.calls.afterwards import taking as calls_afterwards_taking
from flask_maillage.calls.applying import after_views as applying_after_views
from flask_maillage.calls.applying import apply_views as applying_apply_views
from flask_maillage.calls.applying import reminding as applying_reminding
from flask_maillage.calls.applying import taking as applying_taking
from flask_maillage.calls.applying import views as applying_views
from flask_maillage.calls.coordinating import application_pages as coordinating_applications
from flask_maillage.calls.coordinating import application_view as coordinating_application
from flask_maillage.calls.coordinating import arranging_pages as coordinating_decisions
from flask_maillage.calls.coordinating import cohort_pages as coordinating_cohorts
from flask_maillage.calls.coordinating import late_pages as coordinating_late
from flask_maillage.calls.coordinating import places_pages as coordinating_places
from flask_maillage.calls.coordinating import publishing_pages as coordinating_publishing
from flask_maillage.calls.deciding import confirming as calls_confirming
from flask_maillage.calls.deciding import stepping as calls_stepping
from flask_maillage.calls.desk import application_views as desk_application
from flask_maillage.calls.desk import collections as desk_collections
from flask_maillage.calls.desk import telling as desk_telling
from flask_maillage.calls.desk import views as desk_views
from flask_maillage.calls.following import collection as follow_up_collection
from flask_maillage.calls.following import coordinator_pages as follow_up_coordinators
from flask_maillage.calls.following import guest_pages as follow_up_guests
from flask_maillage.calls.following import leader_pages as follow_up_leaders
from flask_maillage.calls.following import own_page as follow_up_own
from flask_maillage.calls.following import reminding as follow_up_reminding
from flask_maillage.calls.following import taking as follow_up_taking
from flask_maillage.calls.registering import arriving as calls_arriving
from flask_maillage.calls.registering import files as calls_fetching_files
from flask_maillage.calls.registering import withdrawing as calls_withdrawing
from flask_maillage.calls.sessions import answering as session_answering
from flask_maillage.calls.sessions import outputs_pages as session_outputs_pages
from flask_maillage.calls.sessions import own_pages as session_own_pages
from flask_maillage.calls.sessions import pages as session_pages_of_calls
from flask_maillage.calls.sessions import roster_pages as session_roster_pages
from flask_maillage.coalitions import answers as coalitions_answers
from flask_maillage.coalitions import comparing as coalitions_comparing
from flask_maillage.coalitions import exporting as coalitions_exporting
from flask_maillage.coalitions import handlers as coalitions_handlers
from flask_maillage.coalitions import managing_pages as coalitions_managing_pages
from flask_maillage.coalitions import objects as coalitions_objects
from flask_maillage.coalitions import own_pages as coalitions_own_pages
from flask_maillage.coalitions import public_pages as coalitions_public_pages
from flask_maillage.coalitions import views as coalitions_views
from flask_maillage.coalitions import waiting as coalitions_waiting
from flask_maillage.coalitions.charters import collection as charters_collection
from flask_maillage.coalitions.charters import letters as charters_letters
from flask_maillage.coalitions.charters import page_part as charters_part
from flask_maillage.coalitions.charters import pages as charters_pages
from flask_maillage.coalitions.communecter import coming_in as communecter_in
from flask_maillage.coalitions.communecter import going_out as communecter_out
from flask_maillage.coalitions.communecter import our_projects as communecter_projects
from flask_maillage.coalitions.founding import arriving as founding_arriving
from flask_maillage.coalitions.founding import founders_pages as founding_founders
from flask_maillage.coalitions.founding import life_pages as founding_life
from flask_maillage.coalitions.founding import page_part as founding_part
from flask_maillage.coalitions.founding import proposing_pages as founding_proposing
from flask_maillage.coalitions.joining import pages as joining_pages
from flask_maillage.coalitions.moving import belonging as moving_belonging
from flask_maillage.coalitions.moving import move_views as moving_move_views
from flask_maillage.coalitions.moving import take_up_views as moving_take_up_views
from flask_maillage.coalitions.moving import views as moving_views
from flask_maillage.coalitions.moving import working as moving_working
from flask_maillage.coalitions.partners import ourselves as partners_ourselves
from flask_maillage.coalitions.partners import pages as partners_pages
from flask_maillage.coalitions.partners import refreshing as partners_refreshing
from flask_maillage.coalitions.partners import relations as partners_relations
from flask_maillage.coalitions.partners import scoping as partners_scoping
from flask_maillage.coalitions.process import collection as process_collection
from flask_maillage.coalitions.process import pages as process_pages
from flask_maillage.coalitions.statements import handlers as statements_handlers
from flask_maillage.coalitions.statements import objects as statements_objects
from flask_maillage.coalitions.statements import own_pages as statements_own_pages
from flask_maillage.coalitions.statements import pages as statements_pages
from flask_maillage.coalitions.statements import writing_pages as statements_writing_pages
from flask_maillage.coalitions.together import founding_pages as together_founding_pages
from flask_maillage.coalitions.together import pages as together_pages
from flask_maillage.coalitions.together import sharing as together_sharing
from flask_maillage.coalitions.tools import pages as tools_pages
from flask_maillage.files import folder
from flask_maillage.mail import sending
from flask_maillage.moderation import handlers as moderation_handlers
from flask_maillage.moderation import views as moderation_views
from flask_maillage.moderation import waiting as moderation_waiting
from flask_maillage.people import (
    asking,
    consent,
    email_pages,
    founding_pages,
    invited_pages,
    name_page,
    recovery_pages,
    role_pages,
    session_pages,
    sign_up_pages,
    token_pages,
)
from flask_maillage.people import current as people
from flask_maillage.people import views as people_views
from flask_maillage.people.notifying import reading as notifications
from flask_maillage.people.notifying import unsubscribing
from flask_maillage.people.notifying import views as notifying_views
from flask_maillage.people.openid import linking, signing_in
from flask_maillage.publications import (
    featuring,
    greeting,
    handlers,
    moving_on,
    noticing,
    objects,
    reactions,
    relayed,
    replies,
    topic_list,
    zoning,
)
from flask_maillage.publications.attending import following_up, guests, waiting_list
from flask_maillage.publications.attending import handlers as attending_handlers
from flask_maillage.publications.editing import account, attendees, managing_calls, pictures, profile
from flask_maillage.publications.editing import programme as editing_programme
from flask_maillage.publications.editing import programme_news as editing_programme_news
from flask_maillage.publications.editing import views as editing
from flask_maillage.publications.enclosures import clearing, copying, portraits, reconciling
from flask_maillage.publications.importing import clearing as importing_clearing
from flask_maillage.publications.importing import views as importing_views
from flask_maillage.publications.importing import working as importing_working
from flask_maillage.publications.life import scheduling
from flask_maillage.publications.own import account_data, digest, secret_views, uploaded
from flask_maillage.publications.own import exporting as own_exporting
from flask_maillage.publications.own import settings as own_settings
from flask_maillage.publications.own import views as own_views
from flask_maillage.publications.own import waiting as own_waiting
from flask_maillage.publications.searching import following_names
from flask_maillage.publications.submitting import views as submitting
from flask_maillage.publications.territories import pages as territory_pages
from flask_maillage.publications.views import (
    actor,
    embedding,
    feeds,
    files,
    find,
    following,
    history,
    home,
    leading,
    lists,
    publication,
    registering,
    search,
    sharing,
    sitemap,
    taking_part,
)
from flask_maillage.publications.views import map as map_view
from flask_maillage.publications.views import programme as programme_page
from flask_maillage.publications.views import schedule as programme_schedule
from flask_maillage.standing import views as standing
from flask_maillage.territory import profiles, refreshing, verifying
from flask_maillage.territory import views as territory_views
from flask_maillage.web import pages
from inboxes import handlers as actors_handlers

REGISTERING = (
    actors_handlers,
    handlers,
    attending_handlers,
    calls_claiming,
    calls_committee,
    calls_places,
    calls_declining,
    calls_handlers,
    calls_reviewing,
    calls_departing,
    calls_exporting,
    calls_giving,
    desk_collections,
    desk_views,
    desk_application,
    desk_telling,
    follow_up_collection,
    follow_up_coordinators,
    follow_up_leaders,
    follow_up_guests,
    follow_up_own,
    follow_up_reminding,
    follow_up_taking,
    applying_taking,
    applying_reminding,
    applying_apply_views,
    applying_views,
    applying_after_views,
    calls_private_files,
    calls_afterwards_chores,
    calls_afterwards_taking,
    calls_log_pages,
    calls_statistics_pages,
    calls_confirming,
    calls_stepping,
    calls_arriving,
    calls_withdrawing,
    calls_fetching_files,
    calls_file_views,
    calls_seat_pages,
    calls_receipts,
    coordinating_applications,
    coordinating_application,
    coordinating_decisions,
    coordinating_publishing,
    coordinating_places,
    calls_copies,
    session_answering,
    session_pages_of_calls,
    session_own_pages,
    session_outputs_pages,
    coordinating_cohorts,
    session_roster_pages,
    coordinating_late,
    coalitions_handlers,
    coalitions_answers,
    statements_handlers,
    reactions,
    replies,
    featuring,
    greeting,
    moving_on,
    moderation_handlers,
    sending,
    relayed,
    objects,
    topic_list,
    zoning,
    profiles,
    refreshing,
    verifying,
    territory_pages,
    profile,
    pictures,
    pages,
    territory_views,
    home,
    lists,
    find,
    map_view,
    actor,
    publication,
    history,
    following,
    following_names,
    leading,
    search,
    sitemap,
    taking_part,
    registering,
    waiting_list,
    guests,
    following_up,
    attendees,
    managing_calls,
    embedding,
    feeds,
    files,
    importing_clearing,
    importing_views,
    importing_working,
    sharing,
    people_views,
    sign_up_pages,
    signing_in,
    linking,
    recovery_pages,
    email_pages,
    session_pages,
    role_pages,
    invited_pages,
    name_page,
    founding_pages,
    account_data,
    own_exporting,
    uploaded,
    consent,
    asking,
    notifications,
    notifying_views,
    unsubscribing,
    noticing,
    coalitions_waiting,
    own_waiting,
    moderation_waiting,
    own_views,
    own_settings,
    secret_views,
    digest,
    moderation_views,
    account,
    scheduling,
    admin_federation,
    admin_partners,
    admin_deliveries,
    admin_reports,
    admin_topics,
    admin_standing_pages,
    standing,
    admin_applicants,
    admin_members,
    admin_territories,
    admin_foundings,
    coalitions_objects,
    communecter_in,
    communecter_out,
    communecter_projects,
    partners_relations,
    partners_refreshing,
    partners_scoping,
    partners_pages,
    coalitions_views,
    moving_views,
    coalitions_public_pages,
    coalitions_managing_pages,
    coalitions_own_pages,
    joining_pages,
    coalitions_comparing,
    moving_take_up_views,
    moving_move_views,
    moving_belonging,
    moving_working,
    together_pages,
    together_founding_pages,
    coalitions_exporting,
    founding_arriving,
    founding_founders,
    founding_life,
    founding_part,
    founding_proposing,
    tools_pages,
    process_collection,
    process_pages,
    together_sharing,
    charters_collection,
    charters_letters,
    charters_pages,
    charters_part,
    statements_objects,
    statements_pages,
    statements_writing_pages,
    statements_own_pages,
    editing,
    editing_programme,
    editing_programme_news,
    submitting,
    token_pages,
    programme_page,
    programme_schedule,
    clearing,
    copying,
    portraits,
    reconciling,
)
"""Modules that do their work by being imported: `@on(…)` and routes."""

Part = Callable[[Flask, Node], None]
PARTS: tuple[Part, ...] = (people.mount, folder.mount, notifications.mount, standing.mount, partners_ourselves.mount)
"""Called for each application: what a part keeps in `node.state`."""
